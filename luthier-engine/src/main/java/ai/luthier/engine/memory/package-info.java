/**
 * How much memory training takes, before anything has run, and how much this machine has.
 *
 * <p>Open {@link ai.luthier.engine.memory.TrainingMemory} first: it adds up what a worker process holds at its fullest moment.
 * {@code FastTape} and {@code RecordedGraph} say what the two training paths keep of every layer, tensor by tensor as the code
 * keeps it; {@link ai.luthier.engine.memory.MachineMemory} what there is, containers' limits included; {@link
 * ai.luthier.engine.memory.Fit} compares the two and says what would fit instead.
 *
 * <pre>{@code
 * TrainingShape shape = TrainingShape.supervised(16, 8, 512, TrainingPath.FAST, false, 100_000);
 * Fit fit = new Fit(spec, Dtype.BF16, MachineMemory.here().forOneRun(1));
 * Optional<UserError> refusal = fit.refusal("my-base", "model", shape, List.of());
 * }</pre>
 *
 * <p>Invariants: nothing here allocates, loads libtorch or reads weights; every number is a bound for rows of at most the given
 * length, all of whose tokens are learnt; docs/benchmarks/memory.md holds estimates against measured peaks.
 */
@NullMarked
package ai.luthier.engine.memory;

import org.jspecify.annotations.NullMarked;
