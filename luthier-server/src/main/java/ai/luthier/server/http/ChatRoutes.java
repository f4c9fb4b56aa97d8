package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.wire.ChatCompletion;
import ai.luthier.api.wire.ChatCompletionChunk;
import ai.luthier.api.wire.ChatCompletionChunk.Delta;
import ai.luthier.api.wire.StreamUsage;
import ai.luthier.api.wire.Usage;
import ai.luthier.server.http.request.ChatRequest;
import ai.luthier.server.http.request.ChatRequestReader;
import ai.luthier.server.serving.Answer;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/chat/completions}. */
final class ChatRoutes {

    private final Generations generations;
    private final Bodies bodies;

    ChatRoutes(Generations generations, Bodies bodies) {
        this.generations = generations;
        this.bodies = bodies;
    }

    void create(Context context) {
        ChatRequest request = ChatRequestReader.read(bodies.json(context));
        generations.serve(
                context, request.model(), request.decoding(), "chatcmpl-", exchange -> reply(exchange, request));
    }

    private static Reply reply(Exchange exchange, ChatRequest request) {
        if (!exchange.model().chats()) {
            throw new UserError(
                    ErrorCode.NOT_A_CHAT_MODEL,
                    "model",
                    "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you"
                            + " mean to use v1/completions?");
        }
        int[] prompt = exchange.model().chatPrompt(request.conversation());
        exchange.check(prompt, "messages");
        return new ChatReply(exchange, prompt);
    }

    @SuppressWarnings("ArrayRecordComponent") // Lives for one request and is never compared.
    private record ChatReply(Exchange exchange, int[] prompt) implements Reply {

        @Override
        public Usage usage() {
            return new Usage(prompt.length, exchange.written());
        }

        @Override
        public int size() {
            return exchange.choices();
        }

        @Override
        public Object whole() {
            List<ChatCompletion.Choice> choices = new ArrayList<>();
            for (int i = 0; i < size(); i++) {
                Answer answer = exchange.answer(prompt, i, (text, scores) -> {});
                choices.add(new ChatCompletion.Choice(
                        i,
                        new ChatCompletion.Message(answer.text(), null),
                        Logprobs.chat(exchange.scored(), answer.scores()),
                        Asking.finishReason(answer.finish())));
            }
            return new ChatCompletion(
                    exchange.id(), exchange.created(), exchange.model().id(), choices, usage(), exchange.fingerprint());
        }

        @Override
        public void stream(int index, EventStream events) {
            events.send(event(index, Delta.OPENING, null));
            Answer answer = exchange.answer(prompt, index, (text, scores) -> {
                var choice = new ChatCompletionChunk.Choice(
                        index, Delta.content(text), Logprobs.chat(exchange.scored(), scores), null);
                events.send(chunk(List.of(choice), exchange.pendingUsage()));
            });
            events.send(event(index, Delta.NOTHING, Asking.finishReason(answer.finish())));
        }

        @Override
        public Object usageEvent(StreamUsage usage) {
            return chunk(List.of(), usage);
        }

        private ChatCompletionChunk event(int index, Delta delta, @Nullable String finishReason) {
            return chunk(
                    List.of(new ChatCompletionChunk.Choice(index, delta, null, finishReason)), exchange.pendingUsage());
        }

        private ChatCompletionChunk chunk(List<ChatCompletionChunk.Choice> choices, @Nullable StreamUsage usage) {
            return new ChatCompletionChunk(
                    exchange.id(), exchange.created(), exchange.model().id(), choices, usage, exchange.fingerprint());
        }
    }
}
