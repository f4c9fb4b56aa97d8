/**
 * Fine-tuning jobs: what clients ask for, what workers report, and the history in between.
 *
 * <p>Open {@link ai.luthier.server.jobs.JobService} first (clients: create, list, cancel, pause, resume), then
 * {@link ai.luthier.server.jobs.JobQueue} and {@link ai.luthier.server.jobs.JobReports} (workers: claim, report, finish). {@link ai.luthier.server.jobs.JobState} holds the legal
 * transitions and {@link ai.luthier.server.jobs.EventTexts} every sentence of the history.
 *
 * <pre>{@code
 * JobRow job = jobs.create(caller, new NewJob("gpt-4o-mini-2024-07-18", file, null, "pirate", null, TrainingChoices.AUTO, null, null));
 * queue.claimValidation().ifPresent(work -> reports.validated(work.lease(), new Validated(50, 12_345)));
 * queue.claimRun().ifPresent(work -> {
 *     reports.started(work.lease(), new TrainingChoices(3, 1, 1.8), 150);
 *     reports.steps(work.lease(), List.of(new StepMetrics(1, 150, 2.5, 0.3, null, null, null, null)));
 * });
 * }</pre>
 *
 * <p>Invariants: the row of a job and its events change in one transaction, under the lock of the row; a worker writes only with
 * the newest fence of its job; what a worker reports twice appears once.
 *
 * <p>Threads: everything here may be used from any thread.
 */
@NullMarked
package ai.luthier.server.jobs;

import org.jspecify.annotations.NullMarked;
