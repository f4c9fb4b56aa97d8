/**
 * What is trained, and how it lies on disk: LoRA's factors, or whole weights.
 *
 * <p>Open {@link ai.luthier.engine.adapter.LoraAdapter} first, then {@link ai.luthier.engine.adapter.TrainedWeights}; {@link
 * ai.luthier.engine.adapter.Trainee} is what runs know of both. On disk an adapter is a PEFT directory, readable by {@code peft} and
 * {@code transformers}, see {@link ai.luthier.engine.adapter.PeftDirectory}; of trained weights those that changed are kept, see
 * {@link ai.luthier.engine.adapter.ChangedWeights}.
 *
 * <pre>{@code
 * try (LoraAdapter lora = LoraAdapter.fresh(decoder.spec(), LoraSpec.everyProjection(16, 32), 42)) {
 *     Tensor hidden = decoder.hidden(rows, lora.in(decoder.dtype()));
 * }
 * }</pre>
 *
 * <p>Invariants: trained numbers are fp32 whatever the base computes in; all of them lie in a single vector, so that an
 * optimiser sees one tensor; A starts uniform, B at zero, so that a fresh adapter changes nothing.
 */
@NullMarked
package ai.luthier.engine.adapter;

import org.jspecify.annotations.NullMarked;
