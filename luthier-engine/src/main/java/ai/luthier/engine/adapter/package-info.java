/**
 * LoRA: what is trained, and how it lies on disk.
 *
 * <p>Open {@link ai.luthier.engine.adapter.LoraAdapter} first. On disk an adapter is a PEFT directory, readable by
 * {@code peft} and {@code transformers}; see {@link ai.luthier.engine.adapter.PeftDirectory}.
 *
 * <pre>{@code
 * try (LoraAdapter lora = LoraAdapter.fresh(decoder.spec(), LoraSpec.everyProjection(16, 32), 42)) {
 *     Tensor hidden = decoder.hidden(rows, lora.in(decoder.dtype()));
 * }
 * }</pre>
 *
 * <p>Invariants: factors are fp32 whatever the base computes in; all of one adapter lie in a single vector, so that an
 * optimiser sees one tensor; A starts uniform, B at zero, so that a fresh adapter changes nothing.
 */
@NullMarked
package ai.luthier.engine.adapter;

import org.jspecify.annotations.NullMarked;
