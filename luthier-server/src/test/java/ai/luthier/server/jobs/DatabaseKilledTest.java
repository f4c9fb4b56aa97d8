package ai.luthier.server.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.server.store.Database;
import ai.luthier.server.store.TestDatabase;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of PostgreSQL while a worker reports. */
@Timeout(180)
class DatabaseKilledTest {

    private static final int STEPS = 60;

    @Test
    void aJobIsReportedInFull_andOnce_whileTheDatabaseDiesThreeTimes(@TempDir Path folder) throws Exception {
        long seed = System.nanoTime();
        var deaths = new ArrayList<>(
                new Random(seed).ints(1, STEPS).distinct().limit(3).boxed().toList());
        try (var postgres = TestDatabase.startOwn(folder);
                var world = new JobFixture(folder, Database.open(postgres.source(), 4))) {
            JobRow job = world.create();
            Work validation = world.queue.claimValidation().orElseThrow();
            world.reports.validated(validation.lease(), new Validated(10, 100));
            Work run = world.queue.claimRun().orElseThrow();
            world.reports.started(run.lease(), JobFixture.CHOSEN, STEPS);
            for (int step = 1; step <= STEPS; step++) {
                if (deaths.contains(step)) {
                    ProcessHandle.of(postgres.pid()).orElseThrow().destroyForcibly();
                }
                world.reports.steps(run.lease(), List.of(new StepMetrics(step, STEPS, 1, 0, null, null, null, null)));
                assertThat(world.queue.heartbeat(run.lease())).isEqualTo(Lease.Order.CONTINUE);
            }
            world.reports.succeeded(
                    run.lease(),
                    new Success(world.models.newFolder(), 300, world.results(run.lease()), BigDecimal.ONE));

            assertThat(world.job(job.id()).state()).isEqualTo(JobState.SUCCEEDED);
            assertThat(world.events(job.id()))
                    .as("seed %d", seed)
                    .filteredOn(event -> event.type().equals("metrics"))
                    .extracting(EventRow::message)
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, STEPS)
                            .mapToObj(step -> "Step " + step + "/" + STEPS + ": training loss=1.00")
                            .toList());
        }
    }
}
