package ai.luthier.server.training;

import static ai.luthier.server.training.TrainingFixture.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.train.options.TrainingOptions;
import ai.luthier.server.jobs.EventRow;
import ai.luthier.server.jobs.JobRow;
import ai.luthier.server.jobs.JobState;
import ai.luthier.server.jobs.TrainingChoices;
import ai.luthier.text.data.JobMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of jobs, good and bad. */
class FileValidationTest {

    @TempDir
    private Path folder;

    private TrainingFixture world;

    @BeforeEach
    void open() throws IOException {
        world = new TrainingFixture(folder);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private EventRow last(JobRow job) {
        return world.events(job.id()).getLast();
    }

    @Test
    void goodFiles_queueTheJob_withWhatWillBeTrainedOn() {
        world.create(TrainingFixture.rows(12));
        JobRow job = world.validate();

        assertThat(job.state()).isEqualTo(JobState.QUEUED);
        assertThat(job.examples()).isEqualTo(12);
        assertThat(job.tokensPerEpoch()).isGreaterThan(12 * 10);
        assertThat(last(job).message()).isEqualTo("Files validated, moving job to queued state");
        assertThat(world.queue.claimRun()).as("the lease is over").isPresent();
    }

    @Test
    void tooFewRows_failTheJob_inOpenAisWords_withAReport() throws IOException {
        world.create(TrainingFixture.rows(9));
        JobRow job = world.validate();

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(error(job).code()).isEqualTo("invalid_n_examples");
        assertThat(error(job).message())
                .isEqualTo("Training file has 9 example(s), but must have at least 10 examples");
        assertThat(error(job).param()).isEqualTo("training_file");
        assertThat(world.events(job.id()))
                .filteredOn(event -> event.level() == EventRow.Level.ERROR)
                .as("what is wrong is said once")
                .singleElement()
                .isEqualTo(last(job));
        assertThat(world.content(job.reportFile())).contains("at least 10 examples");
        assertThat(world.planner.folder(job).root())
                .as("a folder that nobody needs")
                .doesNotExist();
    }

    @Test
    void badRows_areAllReported_andTheFirstIsTheJobsError() throws IOException {
        String bad = """
                {"messages":[{"role":"user","content":"a"}]}
                {nonsense
                {"messages":[{"role":"king","content":"a"}]}
                """;
        world.create(TrainingFixture.rows(10) + bad);
        JobRow job = world.validate();

        assertThat(error(job).code()).isEqualTo("invalid_training_file");
        assertThat(error(job).message()).startsWith("The job failed due to an invalid training file.");
        assertThat(world.events(job.id()))
                .filteredOn(event -> event.level() == EventRow.Level.ERROR)
                .extracting(EventRow::message)
                .anyMatch(text -> text.contains("11"))
                .anyMatch(text -> text.contains("Line 12"))
                .anyMatch(text -> text.contains("13"));
        assertThat(world.content(job.reportFile()).lines().count()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void aBadValidationFile_isNamed() {
        world.create(TrainingFixture.rows(10), "{\"messages\":[]}\n", TrainingChoices.AUTO, null);
        JobRow job = world.validate();

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(error(job).param()).isEqualTo("validation_file");
    }

    @Test
    void aFileDeletedMeanwhile_failsTheJob_andSaysSo() {
        JobRow created = world.create(TrainingFixture.rows(10));
        world.files.delete(world.caller, created.trainingFile());
        JobRow job = world.validate();

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(error(job).message()).contains(created.trainingFile(), "was deleted before", "Upload it again");
        assertThat(error(job).param()).isEqualTo("training_file");
    }

    @Test
    void warnings_becomeEvents_andTheJobGoesOn() {
        world.create(TrainingFixture.rows(10) + TrainingFixture.rows(1));
        JobRow job = world.validate();

        assertThat(job.state()).isEqualTo(JobState.QUEUED);
        assertThat(world.events(job.id()))
                .filteredOn(event -> event.level() == EventRow.Level.WARN)
                .singleElement()
                .satisfies(event -> assertThat(event.message()).contains("11"));
    }

    @Test
    void overlongRows_areRefused_unlessTheJobTruncates() {
        String rows = TrainingFixture.rows(10) + TrainingFixture.row("Say a lot.", "so ".repeat(3000));
        world.create(rows);
        JobRow refused = world.validate();
        assertThat(refused.state()).isEqualTo(JobState.FAILED);
        assertThat(error(refused).message()).contains("11");

        world.create(rows, null, TrainingChoices.AUTO, Map.of("overlong", "truncate"));
        JobRow cut = world.validate();
        assertThat(cut.state()).isEqualTo(JobState.QUEUED);
        assertThat(cut.examples()).isEqualTo(11);
        assertThat(cut.tokensPerEpoch()).as("cut to the model's own context").isLessThan(2048 + 10 * 40);
    }

    @Test
    void rowsWithNothingToLearn_failTheJob() {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            rows.append("""
                    {"messages":[{"role":"user","content":"%d"},{"role":"assistant","content":"b","weight":0}]}
                    """.formatted(i));
        }
        world.create(rows.toString());
        JobRow job = world.validate();
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(error(job).code()).isEqualTo("invalid_training_file");
    }

    @Test
    void aJobThatNoWorkerCouldHold_failsBeforeItIsQueued_withNumbersAndWhatWouldFit() {
        String rows = TrainingFixture.rows(10) + TrainingFixture.row("Say a lot.", "so ".repeat(1500));
        world.memory = 500L << 20;
        world.create(rows, null, new TrainingChoices(1, 4, null), null);
        JobRow job = world.validate();
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(error(job).code()).isEqualTo("insufficient_memory");
        assertThat(error(job).param()).isEqualTo("training_file");
        assertThat(error(job).message())
                .containsPattern("4 in a batch, needs \\d+ MiB of memory")
                .contains("500 MiB are available", "What would fit: ", "rows of at most");
        assertThat(world.queue.claimRun()).as("no worker is started").isEmpty();

        world.memory = 2L << 30;
        world.create(rows, null, new TrainingChoices(1, 4, null), null);
        assertThat(world.validate().state()).isEqualTo(JobState.QUEUED);
    }

    @Test
    void aJobIsReckonedByTheMethodThatItChose() {
        String rows = TrainingFixture.rows(10);
        world.memory = 420L << 20;
        world.create(rows, null, new TrainingChoices(1, 4, null), null);
        assertThat(world.validate().state()).as("LoRA").isEqualTo(JobState.QUEUED);
        world.create(rows, null, new TrainingChoices(1, 4, null), Map.of("method", "full"));
        JobRow job = world.validate();
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(error(job).message())
                .contains("by training all weights", "What would fit: training the last ", "LoRA of rank 16");
    }

    @Test
    void aBaseThatCannotFitAtAll_isRefusedWhenTheJobIsCreated() {
        assertThatThrownBy(() -> TrainingFixture.gate(100L << 20)
                        .refuseHopeless(world.model, "my-base", JobMethod.SUPERVISED, TrainingOptions.DEFAULTS))
                .isInstanceOfSatisfying(
                        UserError.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INSUFFICIENT_MEMORY))
                .hasMessageContaining("Tuning my-base")
                .hasMessageContaining("100 MiB are available");
        TrainingFixture.gate(1L << 30)
                .refuseHopeless(world.model, "my-base", JobMethod.SUPERVISED, TrainingOptions.DEFAULTS);
    }
}
