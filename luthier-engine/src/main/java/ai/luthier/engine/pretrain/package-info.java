/**
 * Pretraining: a small model from nothing but a folder of stories.
 *
 * <p>Open {@link ai.luthier.engine.pretrain.Pretraining} for the whole path from files to a model directory, and
 * {@link ai.luthier.engine.pretrain.PretrainRun} for the loop.
 *
 * <pre>{@code
 * var request = new Pretraining.Request(stories, recipe, template, folder, 1, Duration.ofMinutes(2), 0);
 * Pretraining.run(request, () -> stopped, event -> System.out.println(event));      // until told to stop
 * Pretraining.run(request.finishing(1_000_000), () -> false, event -> {});          // rate to zero, folder/model is written
 * }</pre>
 *
 * <p>Invariants: the weights that are updated are fp32, whatever type the passes compute in; a run that is stopped at any moment
 * and goes on makes the same weights as one that is not; validation rows hold topics and names that training never has.
 *
 * <p>One thread drives a run; libtorch's own threads are a setting, one by default.
 */
@NullMarked
package ai.luthier.engine.pretrain;

import org.jspecify.annotations.NullMarked;
