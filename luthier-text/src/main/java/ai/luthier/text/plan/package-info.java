/**
 * Which rows share an optimiser step, in what order, and how many epochs and rows "auto" stands for.
 *
 * <p>Open {@link ai.luthier.text.plan.StepPlan} first:
 *
 * <pre>{@code
 * StepPlan plan = new StepPlan(101, Auto.batchSize(101), Auto.epochs(101), seed);
 * for (int step = 0; step < plan.steps(); step++) {
 *     train(plan.rows(step));
 *     if (plan.endsEpoch(step)) {
 *         publish(plan.epochOf(step));
 *     }
 * }
 * }</pre>
 *
 * <p>Invariants: every epoch shows every row exactly once; a plan depends on nothing but its four numbers, on every
 * machine and in every later version; a position of one plan is refused by another. One thread owns a plan.
 */
@NullMarked
package ai.luthier.text.plan;

import org.jspecify.annotations.NullMarked;
