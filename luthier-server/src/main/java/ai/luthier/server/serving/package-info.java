/**
 * Models that answer: the seam between the HTTP routes and the engine.
 *
 * <p>Open {@link ai.luthier.server.serving.ServedModel} first. A name is resolved to a model that is loaded and can answer now; the
 * model is held until it is closed:
 *
 * <pre>{@code
 * try (ServedModel model = host.open(caller, "ft:gpt-3.5-turbo-0613:org::abc123")) {
 *     int[] prompt = model.chatPrompt(conversation);
 *     Answer answer = model.answer(Ask.plain(prompt, 64), (text, scores) -> System.out.print(text));
 * }
 * }</pre>
 *
 * <p>Everything public here may be called from any thread; a model queues its callers where its device needs that.
 */
@NullMarked
package ai.luthier.server.serving;

import org.jspecify.annotations.NullMarked;
