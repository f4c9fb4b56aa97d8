package ai.luthier.server.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Internal;
import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.options.TrainingMethod;
import ai.luthier.engine.train.options.Tuning;
import ai.luthier.server.jobs.JobFailure;
import ai.luthier.server.jobs.JobRow;
import ai.luthier.server.jobs.TrainingChoices;
import ai.luthier.server.jobs.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a job's run computes. */
class RunPlannerTest {

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

    @Test
    void everyAutoBecomesANumber() {
        Work work = world.claimed(TrainingFixture.rows(10), TrainingChoices.AUTO);
        RunPlanner.Plan plan = world.planner.plan(work);

        assertThat(plan.chosen()).isEqualTo(new TrainingChoices(10, 1, 1.8));
        assertThat(plan.totalSteps()).isEqualTo(100);
        assertThat(plan.spec().epochs()).isEqualTo(10);
        assertThat(plan.spec().learningRate()).isEqualTo(1e-3 * 1.8);
        assertThat(plan.spec().seed()).isEqualTo(7);
    }

    @Test
    void whatWasAskedForHolds_andTheLastStepOfAnEpochMayBeSmaller() {
        Work work = world.claimed(TrainingFixture.rows(11), new TrainingChoices(2, 4, 0.5));
        RunPlanner.Plan plan = world.planner.plan(work);

        assertThat(plan.chosen()).isEqualTo(new TrainingChoices(2, 4, 0.5));
        assertThat(plan.totalSteps()).isEqualTo(2 * 3);
        assertThat(plan.spec().learningRate()).isEqualTo(1e-3 * 0.5);
    }

    @Test
    void thePlanIsTheSameForEveryClaim_alsoTheTimeThatTemplatesSee() {
        Work work = world.claimed(TrainingFixture.rows(10), TrainingChoices.AUTO);
        RunPlanner.Plan first = world.planner.plan(work);
        world.queue.release(work.lease());
        Work again = world.queue.claimRun().orElseThrow();

        assertThat(again.lease().fence()).isGreaterThan(work.lease().fence());
        assertThat(world.planner.plan(again)).isEqualTo(first);
        assertThat(first.spec().now()).isEqualTo(work.job().createdAt());
    }

    @Test
    void theLimitOfARow_isTheSmallerOfTheNamesAndTheModels() {
        TrainableModel large = world.model;
        assertThat(RunPlanner.contextLimit(large)).isEqualTo(2048);
        TrainableModel small =
                new TrainableModel(large.baseId(), large.base(), Optional.empty(), Optional.empty(), 100, 1e-3, 1.0);
        assertThat(RunPlanner.contextLimit(small)).isEqualTo(100);
    }

    @Test
    void aTunedModelIsTrainedFurther_fromItsAdapter_asItBegan() throws IOException {
        Path adapter = Files.createDirectory(folder.resolve("an adapter"));
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                "{\"peft_type\":\"LORA\",\"r\":4,\"lora_alpha\":6,\"use_rslora\":true,\"target_modules\":[\"q_proj\"]}");
        TrainableModel base = world.model;
        world.model =
                new TrainableModel(base.baseId(), base.base(), Optional.empty(), Optional.of(adapter), 100, 1e-3, 1.0);
        Work work = world.claimed(TrainingFixture.rows(10), TrainingChoices.AUTO);
        RunSpec spec = world.planner.plan(work).spec();
        assertThat(spec.continueFrom()).hasValue(adapter);
        assertThat(List.of(spec.rank(), spec.alpha(), spec.tuning().method()))
                .isEqualTo(List.of(4, 6.0, TrainingMethod.RSLORA));
        world.queue.release(work.lease());
        world.create(TrainingFixture.rows(10), null, TrainingChoices.AUTO, Map.of("rank", 8));
        assertThat(TrainingFixture.error(world.validate()).message()).contains("luthier.rank", "rank 4, alpha 6.0");
    }

    @Test
    void theJobDecidesAboutLongRows_elseTheSetting() {
        JobRow silent = world.create(TrainingFixture.rows(10));
        JobRow truncating =
                world.create(TrainingFixture.rows(10), null, TrainingChoices.AUTO, Map.of("overlong", "truncate"));
        assertThat(world.planner.overlong(silent)).isEqualTo(Overlong.REFUSE);
        assertThat(world.planner.overlong(truncating)).isEqualTo(Overlong.TRUNCATE);
    }

    @Test
    void withoutTheObjectLuthier_theRunIsTheUsualOne() {
        RunSpec usual = world.planner
                .plan(world.claimed(TrainingFixture.rows(10), TrainingChoices.AUTO))
                .spec();
        assertThat(usual.tuning()).isEqualTo(new Tuning(TrainingMethod.LORA, List.of(), 1, 0, 1L << 30));
        assertThat(usual.rank()).isEqualTo(16);
        assertThat(usual.alpha()).isEqualTo(32);
        assertThat(usual.warmupRatio()).isEqualTo(0.05);
        assertThat(usual.precision()).isEqualTo(RunSpec.Precision.BF16);
    }

    @Test
    void theObjectLuthier_reachesTheRun() {
        JobRow job = world.create(
                TrainingFixture.rows(10),
                null,
                TrainingChoices.AUTO,
                Map.of("method", "rslora", "target_modules", List.of("q_proj"), "lora_plus_ratio", "auto", "rank", 64));
        world.validate();
        RunSpec chosen =
                world.planner.plan(world.queue.claimRun().orElseThrow()).spec();
        assertThat(chosen.rank()).isEqualTo(64);
        assertThat(chosen.alpha()).isEqualTo(8);
        assertThat(chosen.tuning()).isEqualTo(new Tuning(TrainingMethod.RSLORA, List.of("q_proj"), 16, 0, 1L << 30));
        assertThat(world.jobs.get(world.caller, job.id()).extension()).containsEntry("rank", 64);
    }

    @Test
    void aChoiceThatTheModelCannotFollow_failsTheJobByItsName() {
        world.create(TrainingFixture.rows(10), null, TrainingChoices.AUTO, Map.of("target_modules", List.of("c_attn")));
        JobFailure failure = TrainingFixture.error(world.validate());
        assertThat(failure.param()).isEqualTo("luthier.target_modules");
        assertThat(failure.message()).contains("'c_attn'", "q_proj");
    }

    @Test
    void filesArePlacedOnce_andStayWhenTheClientDeletesThem() throws IOException {
        Work work = world.claimed(TrainingFixture.rows(10), TrainingChoices.AUTO);
        Path placed = world.planner.plan(work).spec().trainingFile();
        world.files.delete(world.caller, work.job().trainingFile());

        assertThat(world.planner.plan(work).spec().trainingFile()).isEqualTo(placed);
        assertThat(Files.readString(placed)).isEqualTo(TrainingFixture.rows(10));
        assertThat(placed.getParent())
                .isEqualTo(world.planner.folder(work.job()).root());
    }

    @Test
    void foldersOfJobsThatAreOver_areSwept_andOthersStay() throws IOException {
        Work waiting = world.claimed(TrainingFixture.rows(10), TrainingChoices.AUTO);
        Path forgotten = Files.createDirectories(folder.resolve("runs/ftjob-of-another-life/checkpoint"));
        world.planner.sweep(world.reports::leavesNothing);
        assertThat(forgotten.getParent()).doesNotExist();
        assertThat(world.planner.folder(waiting.job()).root()).exists();

        world.jobs.cancel(world.caller, waiting.job().id());
        world.planner.sweep(world.reports::leavesNothing);
        assertThat(world.planner.folder(waiting.job()).root()).doesNotExist();
    }

    @Test
    void aJobThatWasNeverValidated_isOurFault() {
        world.create(TrainingFixture.rows(10));
        Work work = world.queue.claimValidation().orElseThrow();
        assertThatThrownBy(() -> world.planner.plan(work)).isInstanceOf(Internal.class);
    }
}
