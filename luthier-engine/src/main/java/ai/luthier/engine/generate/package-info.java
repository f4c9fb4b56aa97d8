/**
 * Generation: from a prompt of tokens to text, token by token, for many callers at once.
 *
 * <p>Open {@link ai.luthier.engine.generate.Generator} first.
 *
 * <pre>{@code
 * try (Generator generator = Generator.load(ModelDirectory.open(folder), Dtype.FP32)) {
 *     AdapterHandle adapter = generator.attach(tuned);
 *     GenerationRequest request = GenerationRequest.of(prompt, 300, Sampling.greedy(), stopIds).with(adapter);
 *     Generation answer = generator.generate(request, piece -> System.out.print(piece.text()));
 * }
 * }</pre>
 *
 * <p>The path of one token: {@code Decode} runs the decoder on the last token, {@code Sampler} turns its scores into an id,
 * {@code TextAssembler} turns the id into text that is safe to show, and the listener hears of it on the caller's thread.
 *
 * <p>Invariants: the pieces a listener gets, joined, are the text of the result; no piece holds a part of a stop string or of a
 * UTF-8 character; equal requests give equal answers, whatever else is going on, because no request shares a forward pass.
 *
 * <p>Threads: one platform thread owns the model and gives every running request one token in turn. Callers may be any
 * threads; each waits in its own call.
 */
@NullMarked
package ai.luthier.engine.generate;

import org.jspecify.annotations.NullMarked;
