/**
 * Where stored jobs become trained models: file validation, worker processes, publication.
 *
 * <p>Open {@link ai.luthier.server.training.JobRunner} first. It claims work from the
 * {@link ai.luthier.server.jobs.JobQueue} and hands it to {@link ai.luthier.server.training.FileValidation} or
 * {@link ai.luthier.server.training.RunDriver}:
 *
 * <pre>{@code
 * try (JobRunner runner = JobRunner.start(queue, validation, driver, settings)) {
 *     // jobs created from now on are validated, queued, run and published
 * }
 * }</pre>
 *
 * <p>Always true: what a worker did is taken from its journal, never from memory, so whoever looks after a job can die at any
 * moment and be replaced; a model is published only when its files are complete on disk and it can be served.
 *
 * <p>Every claim of work is handled by one virtual thread from its claim to its end.
 */
@NullMarked
package ai.luthier.server.training;

import org.jspecify.annotations.NullMarked;
