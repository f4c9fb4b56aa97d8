package ai.luthier.server.jobs;

import static ai.luthier.server.jobs.JobFixture.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Conflict;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may write about a job, and when no longer. */
class LeaseTest {

    private static final Duration SHORT = Duration.ofMillis(200);

    private JobFixture world;

    @BeforeEach
    void open(@TempDir Path folder) {
        world = new JobFixture(folder);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private static void waitFor(Duration time) throws InterruptedException {
        Thread.sleep(time.plusMillis(100));
    }

    private void refused(Lease stale) {
        List<String> before = world.texts(stale.jobId());
        JobRow job = world.job(stale.jobId());
        var success = new Success(world.models.newFolder(), 1, world.results(stale), BigDecimal.ONE);
        List<Runnable> writes = List.of(
                () -> world.reports.steps(stale, List.of(step(3))),
                () -> world.reports.message(stale, EventRow.Level.WARN, "late", "late"),
                () -> world.reports.started(stale, JobFixture.CHOSEN, 3),
                () -> world.reports.snapshot(stale, 2, world.models.newFolder()),
                () -> world.reports.succeeded(stale, success),
                () -> world.reports.failed(stale, new JobFailure("server_error", "late", null), List.of(), null),
                () -> world.queue.parked(stale));
        for (Runnable write : writes) {
            assertThatThrownBy(write::run).isInstanceOf(Conflict.class).hasMessageContaining("is gone");
        }
        world.queue.release(stale);
        assertThat(world.queue.heartbeat(stale)).isEqualTo(Lease.Order.STOP);
        assertThat(world.texts(stale.jobId())).isEqualTo(before);
        assertThat(world.job(stale.jobId())).isEqualTo(job);
        assertThat(world.models.list(world.caller)).isEmpty();
    }

    @Test
    void aSilentWorkerLosesItsJob_andCanWriteNothingMore() throws Exception {
        world.create();
        JobQueue dying = world.queue("node-a", SHORT);
        Work validation = dying.claimValidation().orElseThrow();
        world.reports.validated(validation.lease(), new Validated(10, 100));
        Work first = dying.claimRun().orElseThrow();
        world.reports.started(first.lease(), JobFixture.CHOSEN, 3);
        world.reports.steps(first.lease(), List.of(step(1)));

        assertThat(world.queue("node-b", SHORT).claimRun())
                .as("before the lease ran out")
                .isEmpty();
        waitFor(SHORT);
        Work second = world.queue("node-b", Duration.ofSeconds(30)).claimRun().orElseThrow();
        assertThat(second.job().id()).isEqualTo(first.job().id());
        assertThat(second.again()).isTrue();
        assertThat(second.lease().fence()).isGreaterThan(first.lease().fence());

        refused(first.lease());
        world.reports.steps(second.lease(), List.of(step(2)));
    }

    @Test
    void aHeartbeatKeepsTheLease() throws Exception {
        world.create();
        JobQueue beating = world.queue("node-a", Duration.ofMillis(600));
        Work work = beating.claimValidation().orElseThrow();
        for (int i = 0; i < 4; i++) {
            Thread.sleep(300);
            assertThat(beating.heartbeat(work.lease())).isEqualTo(Lease.Order.CONTINUE);
            assertThat(world.queue("node-b", SHORT).claimValidation()).isEmpty();
        }
    }

    @Test
    void cancellingTakesTheLeaseAway() {
        Work work = world.running();
        JobRow cancelled = world.jobs.cancel(world.caller, work.job().id());
        assertThat(cancelled.state()).isEqualTo(JobState.CANCELLED);
        assertThat(cancelled.finishedAt()).isNotNull();
        refused(work.lease());
        assertThat(world.queue.claimRun()).isEmpty();
        assertThatThrownBy(() -> world.jobs.cancel(world.caller, work.job().id()))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("already completed");
    }

    @Test
    void aServerThatComesBack_needNotWaitForItsOwnLeases() {
        Work before = world.running();
        assertThat(world.queue.claimRun()).isEmpty();
        world.queue.forgetEarlierLeases();
        Work after = world.queue.claimRun().orElseThrow();
        assertThat(after.job().id()).isEqualTo(before.job().id());
        refused(before.lease());
    }

    @Test
    void pausingLetsTheWorkerWriteUntilItHasParked() {
        Work work = world.running();
        world.reports.steps(work.lease(), List.of(step(1)));
        JobRow paused = world.jobs.pause(world.caller, work.job().id());
        assertThat(paused.paused()).isTrue();
        assertThat(world.queue.heartbeat(work.lease())).isEqualTo(Lease.Order.PAUSE);
        world.reports.steps(work.lease(), List.of(step(2)));
        assertThat(world.job(work.job().id()).estimatedFinish())
                .as("a paused job has no end in sight")
                .isNull();
        assertThat(world.texts(work.job().id()))
                .as("it has not stopped yet")
                .noneMatch(text -> text.contains("paused"));
        JobRow parked = world.queue.parked(work.lease());
        assertThat(parked.state()).isEqualTo(JobState.QUEUED);
        refused(work.lease());
        assertThat(world.queue.claimRun()).as("a paused job").isEmpty();

        world.jobs.resume(world.caller, work.job().id());
        Work again = world.queue.claimRun().orElseThrow();
        world.reports.started(again.lease(), JobFixture.CHOSEN, 3);
        assertThat(world.texts(work.job().id()))
                .endsWith(
                        "Fine-tuning job started",
                        "Step 1/3: training loss=1.50",
                        "Step 2/3: training loss=0.75",
                        "The job has been paused after step 2",
                        "The job has been resumed, moving job to queued state");
    }

    @Test
    void aPausedJobSaysSo_howeverItsWorkerCameToStop() {
        Work released = world.running();
        String id = released.job().id();
        world.reports.steps(released.lease(), List.of(step(1)));
        world.jobs.pause(world.caller, id);
        world.queue.release(released.lease()); // The server stops before the driver has read the order.
        assertThat(world.job(id).state()).isEqualTo(JobState.QUEUED);
        assertThat(world.texts(id)).last().isEqualTo("The job has been paused after step 1");

        world.jobs.resume(world.caller, id);
        Work killed = world.queue.claimRun().orElseThrow();
        world.reports.started(killed.lease(), JobFixture.CHOSEN, 3);
        world.reports.steps(killed.lease(), List.of(step(2)));
        world.jobs.pause(world.caller, id);
        world.queue.forgetEarlierLeases(); // The server was killed.
        assertThat(world.job(id).state()).isEqualTo(JobState.QUEUED);
        assertThat(world.texts(id)).last().isEqualTo("The job has been paused after step 2");
        world.queue.forgetEarlierLeases();
        assertThat(world.texts(id))
                .filteredOn(text -> text.startsWith("The job has been paused"))
                .hasSize(2);
        assertThat(world.queue.claimRun()).isEmpty();
    }

    @Test
    void aJobThatWaits_isPausedAtOnce_andOneResumedBeforeItStopped_isNotCalledPaused() {
        Work work = world.running();
        world.jobs.pause(world.caller, work.job().id());
        world.jobs.resume(world.caller, work.job().id());
        assertThat(world.queue.parked(work.lease()).state()).isEqualTo(JobState.QUEUED);
        assertThat(world.texts(work.job().id()))
                .noneMatch(text -> text.startsWith("The job has been paused"))
                .last()
                .isEqualTo("The job has been resumed, moving job to queued state");

        world.jobs.pause(world.caller, work.job().id());
        assertThat(world.texts(work.job().id())).last().isEqualTo("The job has been paused");
    }

    @Test
    void turnsGoByTheTimeOfCreation_andWhoeverIsOvertakenIsTold() {
        List<String> ids =
                IntStream.range(0, 3).mapToObj(i -> world.create().id()).toList();
        List<Work> validations = IntStream.range(0, 3)
                .mapToObj(i -> world.queue.claimValidation().orElseThrow())
                .toList();
        for (int i : new int[] {2, 1, 0}) { // The first has the largest file.
            world.reports.validated(validations.get(i).lease(), new Validated(10, 100));
        }
        assertThat(waiting(ids.get(0))).isEmpty();
        assertThat(waiting(ids.get(1))).containsExactly("Waiting in the queue: 1 job ahead");
        assertThat(waiting(ids.get(2)))
                .containsExactly("Waiting in the queue: 1 job ahead", "Waiting in the queue: 2 jobs ahead");
        assertThat(world.jobs.queuePosition(world.job(ids.get(2)))).hasValue(3);
        assertThat(world.queue.claimRun().orElseThrow().job().id()).isEqualTo(ids.get(0));
    }

    private List<String> waiting(String id) {
        return world.texts(id).stream()
                .filter(text -> text.startsWith("Waiting"))
                .toList();
    }

    @Test
    void manyClaimantsNeverGetTheSameJob() throws Exception {
        int jobs = 12;
        Set<String> made = new HashSet<>();
        for (int i = 0; i < jobs; i++) {
            made.add(world.create().id());
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> claims = IntStream.range(0, jobs)
                    .<Callable<String>>mapToObj(i -> () -> claimPatiently("node-" + i))
                    .toList();
            Set<String> got = new HashSet<>();
            for (var claim : threads.invokeAll(claims)) {
                got.add(claim.get());
            }
            assertThat(got).isEqualTo(made);
        }
        assertThat(world.queue.claimValidation()).isEmpty();
    }

    /** A row that another has locked is skipped, so a claim may come back empty although a job is left. */
    private String claimPatiently(String node) throws InterruptedException {
        JobQueue queue = world.queue(node, Duration.ofSeconds(30));
        while (true) {
            var work = queue.claimValidation();
            if (work.isPresent()) {
                return work.get().job().id();
            }
            Thread.sleep(10);
        }
    }

    @Test
    void oneServerRunsNoMoreThanItsSlots_inTheOrderOfTheQueue() {
        List<String> ids =
                IntStream.range(0, 3).mapToObj(i -> world.create().id()).toList();
        for (int i = 0; i < 3; i++) {
            Work validation = world.queue.claimValidation().orElseThrow();
            world.reports.validated(validation.lease(), new Validated(10, 100));
        }
        assertThat(world.jobs.queuePosition(world.job(ids.get(2)))).hasValue(3);
        Work first = world.queue.claimRun().orElseThrow();
        assertThat(first.job().id()).isEqualTo(ids.get(0));
        assertThat(world.queue.claimRun()).isEmpty();
        world.reports.started(first.lease(), JobFixture.CHOSEN, 3);
        assertThat(world.jobs.queuePosition(world.job(ids.get(2)))).hasValue(2);
        assertThat(world.jobs.queuePosition(world.job(ids.get(0)))).isEmpty();
        assertThat(world.texts(ids.get(2))).last().isEqualTo("Waiting in the queue: 2 jobs ahead");
        world.reports.failed(first.lease(), new JobFailure("server_error", "no", null), List.of(), null);
        assertThat(world.queue.claimRun().orElseThrow().job().id()).isEqualTo(ids.get(1));
    }
}
