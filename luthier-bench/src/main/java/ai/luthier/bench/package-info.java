/**
 * Benchmarks. Each is a {@code main} that prints the lines committed in {@code docs/benchmarks}, where the command stands.
 *
 * <p>Open {@link ai.luthier.bench.TrainingSpeed} first. Figures of a machine are compared with figures of the same process
 * on the same machine: the rate of training with the rate of one matrix product, before and after.
 */
@NullMarked
package ai.luthier.bench;

import org.jspecify.annotations.NullMarked;
