/**
 * How much memory training takes, before anything has run, and how much this machine has.
 *
 * <p>Open {@link ai.luthier.engine.train.memory.RunMemory} first: what a run takes in any case and what its passes take ({@link
 * ai.luthier.engine.train.memory.PassMemory}), the same for those who ask before a run ({@link
 * ai.luthier.engine.train.memory.TrainingMemory}) and for the run itself ({@link ai.luthier.engine.train.memory.MemoryBudget}).
 * {@code FastTape} and {@code RecordedGraph} say what the two training paths keep of every layer, tensor by tensor as the code
 * keeps it; {@link ai.luthier.engine.train.memory.MachineMemory} what there is, containers' limits included; {@link
 * ai.luthier.engine.train.memory.Fit} compares the two and says what would fit instead.
 *
 * <pre>{@code
 * TrainingWay way = TrainingWay.of(TrainingOptions.DEFAULTS, threads, 0);
 * TrainingShape shape = TrainingShape.supervised(way, 8, 512, 100_000);
 * Fit fit = new Fit(spec, Dtype.BF16, MachineMemory.here().forOneRun(1));
 * Optional<UserError> refusal = fit.refusal("my-base", "model", shape, false, List.of());
 * }</pre>
 *
 * <p>Invariants: nothing here allocates, loads libtorch or reads weights; every number is a bound for rows of at most the given
 * length, all of whose tokens are learnt; docs/benchmarks/memory.md holds estimates against measured peaks.
 */
@NullMarked
package ai.luthier.engine.train.memory;

import org.jspecify.annotations.NullMarked;
