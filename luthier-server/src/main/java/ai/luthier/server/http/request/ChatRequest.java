package ai.luthier.server.http.request;

import ai.luthier.text.chat.Conversation;

/**
 * A chat completion that was asked for.
 *
 * @param conversation in the form that training rows have too; without tools where the caller chose none
 */
public record ChatRequest(String model, Conversation conversation, Decoding decoding) {}
