/**
 * The worker: one JVM process that executes one run, and the folder it shares with whoever started it.
 *
 * <p>Open {@link ai.luthier.engine.worker.WorkerProcess} to see how a run is started from outside, and
 * {@link ai.luthier.engine.worker.WorkerMain} for what happens inside. They share nothing but a
 * {@linkplain ai.luthier.engine.worker.RunFolder folder}: the starter writes {@code run.json} and raises the
 * {@linkplain ai.luthier.engine.worker.Fence fence}, the worker takes the {@linkplain ai.luthier.engine.worker.Lease lease},
 * goes on from the newest checkpoint and keeps a journal that outlives both.
 *
 * <p>Always true: two workers never write one folder; the journal tells of every step that a checkpoint contains; a folder
 * with {@code adapter/} is finished; killing any process at any moment loses at most the steps since the last checkpoint.
 */
@NullMarked
package ai.luthier.engine.worker;

import org.jspecify.annotations.NullMarked;
