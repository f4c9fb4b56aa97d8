package ai.luthier.server.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.LuthierException;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.files.ContentCheck;
import ai.luthier.server.files.NewFile;
import ai.luthier.server.store.OtherOrganization;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobServiceTest {

    private JobFixture world;

    @BeforeEach
    void open(@TempDir Path folder) {
        world = new JobFixture(folder);
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void keepsEverythingThatWasAsked() {
        var asked = new NewJob(
                "davinci-002",
                world.upload(),
                world.upload(),
                "My Model",
                null,
                new TrainingChoices(2, null, 0.1),
                Map.of("team", "blue"),
                Map.of("overlong", "truncate"));
        JobRow job = world.jobs.create(world.caller, asked);
        assertThat(job.id()).matches("ftjob-[A-Za-z0-9]{24}");
        assertThat(job.seed()).isNotNegative();
        assertThat(job.asked()).isEqualTo(asked.asked());
        assertThat(job.metadata()).isEqualTo(Map.of("team", "blue"));
        assertThat(job.extension()).isEqualTo(Map.of("overlong", "truncate"));
        assertThat(world.job(job.id())).isEqualTo(job);
        world.queue.claimValidation();
        assertThat(world.texts(job.id()))
                .last()
                .isEqualTo("Validating training file: " + job.trainingFile() + " and validation file: "
                        + job.validationFile());
    }

    @Test
    void refusesFilesThatDoNotExist_andOtherPurposes() {
        var missing = new NewJob("gpt-3.5-turbo-0613", "file-none", null, null, 1, TrainingChoices.AUTO, null, null);
        assertThatThrownBy(() -> world.jobs.create(world.caller, missing))
                .hasMessage("No such File object: file-none")
                .satisfies(e -> assertThat(((LuthierException) e).param()).contains("training_file"));
        String other = world.files
                .upload(
                        world.caller,
                        new NewFile("a", "user_data", null),
                        InputStream.nullInputStream(),
                        ContentCheck.NONE)
                .id();
        var wrong = new NewJob("gpt-3.5-turbo-0613", world.upload(), other, null, 1, TrainingChoices.AUTO, null, null);
        assertThatThrownBy(() -> world.jobs.create(world.caller, wrong))
                .hasMessageContaining("purpose 'user_data'")
                .satisfies(e -> assertThat(((LuthierException) e).param()).contains("validation_file"));
    }

    @Test
    void pagesAreStable_newestFirst() {
        List<String> ids = new ArrayList<>(
                IntStream.range(0, 7).mapToObj(i -> world.create().id()).toList());
        List<String> seen = new ArrayList<>();
        String after = null;
        boolean more = true;
        while (more) {
            var page = world.jobs.list(world.caller, after, 3, Map.of());
            page.items().forEach(job -> seen.add(job.id()));
            more = page.hasMore();
            after = seen.getLast();
        }
        assertThat(seen).isEqualTo(ids.reversed());
        assertThat(world.jobs.list(world.caller, null, 0, Map.of()).items()).isEmpty();
        assertThat(world.jobs.list(world.caller, null, 0, Map.of()).hasMore()).isTrue();
        assertThatThrownBy(() -> world.jobs.list(world.caller, "ftjob-none", 1, Map.of()))
                .hasMessage("Could not find fine tune: ftjob-none");

        String job = ids.getFirst();
        world.jobs.pause(world.caller, job);
        world.jobs.resume(world.caller, job);
        var newest = world.jobs.events(world.caller, job, null, 2);
        assertThat(newest.hasMore()).isTrue();
        var rest = world.jobs.events(world.caller, job, newest.items().getLast().id(), 2);
        assertThat(rest.hasMore()).isFalse();
        assertThat(rest.items())
                .singleElement()
                .extracting(EventRow::message)
                .isEqualTo("Created fine-tuning job: " + job);
    }

    @Test
    void aCursorThatLeadsNowhereIsRefused() {
        String job = world.create().id();
        String other = world.events(world.create().id()).getFirst().id();
        assertThatThrownBy(() -> world.jobs.events(world.caller, job, other, 10))
                .hasMessageContaining("'after' is '" + other);
        assertThatThrownBy(() -> world.jobs.checkpoints(world.caller, job, "ftckpt_x", 10))
                .hasMessageContaining("ftckpt_x");
    }

    @Test
    void aNulCharacterIsTheClientsFault() {
        String file = world.upload();
        for (NewJob job : List.of(
                new NewJob("davinci-002", file, null, "nul\0", 1, TrainingChoices.AUTO, null, null),
                new NewJob("davinci-002", file, null, null, 1, TrainingChoices.AUTO, Map.of("a", "\0"), null),
                new NewJob("davinci-002", "file-\0", null, null, 1, TrainingChoices.AUTO, null, null))) {
            assertThatThrownBy(() -> world.jobs.create(world.caller, job)).hasMessageContaining("NUL character");
        }
    }

    @Test
    void filtersByMetadata() {
        var blue = new NewJob(
                "davinci-002",
                world.upload(),
                null,
                null,
                1,
                TrainingChoices.AUTO,
                Map.of("team", "blue", "n", "1"),
                null);
        String id = world.jobs.create(world.caller, blue).id();
        world.create();
        assertThat(world.jobs
                        .list(world.caller, null, 10, Map.of("team", "blue"))
                        .items())
                .extracting(JobRow::id)
                .containsExactly(id);
        assertThat(world.jobs
                        .list(world.caller, null, 10, Map.of("team", "red"))
                        .items())
                .isEmpty();
    }

    @Test
    void anotherOrganizationSeesNothing() {
        Work work = world.running();
        String id = work.job().id();
        Caller stranger = OtherOrganization.in(world.database);
        assertThat(world.jobs.list(stranger, null, 10, Map.of()).items()).isEmpty();
        List<Runnable> attempts = List.of(
                () -> world.jobs.get(stranger, id),
                () -> world.jobs.events(stranger, id, null, 10),
                () -> world.jobs.checkpoints(stranger, id, null, 10),
                () -> world.jobs.metrics(stranger, id),
                () -> world.jobs.cancel(stranger, id),
                () -> world.jobs.pause(stranger, id),
                () -> world.jobs.resume(stranger, id),
                () -> world.jobs.list(stranger, id, 10, Map.of()));
        for (Runnable attempt : attempts) {
            assertThatThrownBy(attempt::run)
                    .hasMessage("Could not find fine tune: " + id)
                    .extracting(e -> ((LuthierException) e).code())
                    .isEqualTo(ErrorCode.JOB_NOT_FOUND);
        }
        assertThat(world.job(id).state()).isEqualTo(JobState.RUNNING);
    }
}
