/**
 * Conversations, the templates that turn them into text, and which of that text an assistant is trained on.
 *
 * <p>Open {@link ChatTemplate} first:
 *
 * <pre>{@code
 * ChatTemplate template = ChatTemplate.of(jinjaSource, Map.of("bos_token", "<s>", "eos_token", "</s>"));
 * Prompt prompt = template.prompt(conversation);             // what the server feeds: ends where the answer begins
 * SupervisedText row = template.example(conversation, turns); // what the trainer feeds: the whole conversation
 * row.supervised();                                          // the answers, through their end-of-turn tokens
 * }</pre>
 *
 * <p>Invariants: up to the start of every supervised span the text of a row is, character for character, the prompt that the
 * server renders for the same messages; a span ends with the token that ends the turn and never with the newline after it; a
 * row for which that cannot be had is refused with the reason. Everything here is immutable and safe for any thread.
 */
@NullMarked
package ai.luthier.text.chat;

import org.jspecify.annotations.NullMarked;
