/**
 * Training runs: from a file of examples and a base model to an adapter.
 *
 * <p>Open {@link ai.luthier.engine.train.TrainingRun} and read its {@code run} top to bottom; {@link
 * ai.luthier.engine.train.RunSpec} is what a run is made of, {@link ai.luthier.engine.train.RunEvent} what it tells.
 *
 * <pre>{@code
 * RunSpec spec = RunSpec.of(base, rows, 3, 8, 1e-4);   // epochs, examples a step, learning rate
 * TrainingRun.alone(spec, folder, System.out::println).run();  // folder/adapter is now a PEFT directory
 * }</pre>
 *
 * <p>The way of a step: {@code StepPlan} names its rows, {@code Batch} lays them side by side, {@code SupervisedStep} runs the
 * decoder forward, {@code SupervisedLoss} turns hidden states into a loss and its gradient without ever holding the logits of
 * all positions, the pass goes backward, {@code GradientNorm} clips, {@code AdamW} updates.
 *
 * <p>What a run makes smaller is its {@code Objective}: {@code SupervisedObjective}, or {@code PreferenceObjective} with the losses
 * of {@link ai.luthier.engine.train.DpoSpec}, whose step is {@code PreferenceStep}. How gradients come about is a {@code
 * GradientStep}'s and the same for both.
 *
 * <p>Invariants: a step is exactly the plan's examples, however they are divided into forward passes; everything is normalised
 * by the supervised tokens of the step; a run that was interrupted ends with the same bytes as one that was not. One thread
 * owns a run.
 */
@NullMarked
package ai.luthier.engine.train;

import org.jspecify.annotations.NullMarked;
