/**
 * The fast way to train an adapter on a frozen base: the blocks' forward and backward passes written by hand, without
 * autograd.
 *
 * <p>Open {@link ai.luthier.engine.fast.FastDecoder} first, then {@code FastLayer}: it reads as the layer does, forward down
 * the page and backward up again. Each kernel has a file: {@code StackedLinear} (frozen weight and LoRA factors in one
 * product), {@code RmsNormKernel}, {@code Rotation}, {@code RowAttention}, {@code GatedProduct}.
 *
 * <pre>{@code
 * try (FastDecoder fast = new FastDecoder(decoder, adapter, FastOptions.DEFAULTS)) {
 *     fast.refresh();                                             // the adapter's factors as they are now
 *     try (FastPass pass = fast.pass(rows, positions, false)) {   // hidden states where something is predicted
 *         pass.backward(gradient(pass.hidden()));                 // adapter.gradients() has grown
 *     }
 * }
 * }</pre>
 *
 * <p>Invariants: {@code ai.luthier.engine.model} is the reference, and every option here computes what it computes, up to the
 * rounding of another order of sums ({@code FastParityTest}); nothing here knows of losses, optimisers or files; what is not
 * covered is said by {@link ai.luthier.engine.fast.Coverage} and trained by the reference. One thread owns a decoder and its
 * passes.
 */
@NullMarked
package ai.luthier.engine.fast;

import org.jspecify.annotations.NullMarked;
