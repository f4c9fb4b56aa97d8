package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.api.Internal;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.options.TrainingMethod;
import ai.luthier.engine.train.options.Tuning;
import ai.luthier.text.tokens.TokenizedExample;
import ai.luthier.text.tokens.TokenizedPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole runs over preference pairs, on both paths: what they learn, what they keep, and that they can be interrupted anywhere. */
class DpoRunTest {

    private static final DpoSpec LOSS = new DpoSpec(DpoSpec.Loss.SIGMOID, 0.3, 0);
    private static final PairData DATA = new PairData(pairs(12, 3), pairs(5, 4), List.of());

    @TempDir
    Path root;

    private Path base;

    @BeforeEach
    void writeModel() throws IOException {
        base = TinyRun.base(root);
    }

    /** Prompts of up to 40 tokens; preferred answers are of low ids, the others of high ones, so that there is a taste to learn. */
    private static List<TokenizedPair> pairs(int count, long seed) {
        Random random = new Random(seed);
        List<TokenizedPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] prompt = random.ints(2 + random.nextInt(39), 3, 60).toArray();
            pairs.add(new TokenizedPair(row(prompt, answer(random, 3, 30)), row(prompt, answer(random, 30, 60))));
        }
        return pairs;
    }

    private static int[] answer(Random random, int from, int to) {
        return random.ints(1 + random.nextInt(8), from, to).toArray();
    }

    private static TokenizedExample row(int[] prompt, int[] answer) {
        int[] ids = Arrays.copyOf(prompt, prompt.length + answer.length);
        System.arraycopy(answer, 0, ids, prompt.length, answer.length);
        boolean[] supervised = new boolean[ids.length];
        Arrays.fill(supervised, prompt.length, ids.length, true);
        return new TokenizedExample(ids, supervised);
    }

    @ParameterizedTest
    @EnumSource(names = {"REFERENCE", "FAST"})
    void marginsRise_onRowsThatWereNotTrainedOn(TrainingPath path) {
        List<RunEvent> events = new ArrayList<>();
        assertThat(run(folder("run"), path, events, 99)).isEqualTo(RunOutcome.FINISHED);
        List<RunEvent.StepDone> steps = steps(events);
        RunEvent.StepDone first = steps.getFirst();
        assertThat(first.trainLoss()).as("nothing learnt yet").isCloseTo(Math.log(2), within(1e-5));
        assertThat(first.more())
                .containsOnlyKeys(
                        "rewards/chosen",
                        "rewards/rejected",
                        "rewards/margins",
                        "rewards/accuracies",
                        "logps/chosen",
                        "logps/rejected");
        assertThat(first.more().get("rewards/margins")).isCloseTo(0, within(1e-4));
        List<Double> margins = steps.stream()
                .filter(step -> step.fullValidLoss() != null)
                .map(step -> step.more().get("full_valid_rewards/margins"))
                .toList();
        assertThat(margins).hasSize(4);
        assertThat(margins.getLast()).isGreaterThan(margins.getFirst()).isGreaterThan(0.1);
        assertThat(steps.getLast().fullValidLoss()).isLessThan(Math.log(2));
        long tokens = DATA.training().stream().mapToLong(TokenizedPair::tokens).sum();
        assertThat(events.getLast()).isEqualTo(new RunEvent.Finished(16, tokens * 4, "adapter"));
    }

    /** Whatever numbers change: also a head that is trained itself, whose gradient needs the weights of the answers. */
    @ParameterizedTest
    @EnumSource(TrainingMethod.class)
    void everyMethodLearnsPreferences(TrainingMethod method) {
        Tuning tuning = switch (method) {
            case LORA -> Tuning.LORA;
            case RSLORA -> new Tuning(method, List.of(), 1, 0, 0);
            case LAST_LAYERS -> Tuning.lastLayers(1);
            case FULL -> Tuning.full();
        };
        List<RunEvent> events = new ArrayList<>();
        RunSpec spec = spec(TrainingPath.AUTO).withTuning(tuning);
        new TrainingRun(spec, folder("run"), source(), events::add, WriteGate.OPEN, () -> false).run();
        assertThat(steps(events).getLast().more().get("full_valid_rewards/margins"))
                .isGreaterThan(0.1);
        assertThat(steps(events).getFirst().trainLoss()).isCloseTo(Math.log(2), within(1e-5));
    }

    /** Also where it is stopped before the first step is done, and at the end of an epoch. */
    @ParameterizedTest
    @CsvSource({"1, REFERENCE", "6, REFERENCE", "8, REFERENCE", "1, FAST", "6, FAST", "8, FAST"})
    void stopped_andResumed_equalsUndisturbed_bitForBit(int stopAfter, TrainingPath path) throws IOException {
        List<RunEvent> straight = new ArrayList<>();
        run(folder("undisturbed"), path, straight, 99);
        List<RunEvent> pieces = new ArrayList<>();
        assertThat(run(folder("disturbed"), path, pieces, stopAfter)).isEqualTo(RunOutcome.INTERRUPTED);
        assertThat(run(folder("disturbed"), path, pieces, 99)).isEqualTo(RunOutcome.FINISHED);
        assertThat(numbers(pieces)).isEqualTo(numbers(straight)).hasSize(16);
        assertThat(TinyRun.contents(folder("disturbed"))).isEqualTo(TinyRun.contents(folder("undisturbed")));
        assertThat(pieces.stream().filter(RunEvent.ReferenceScored.class::isInstance))
                .as("the reference is computed once")
                .hasSize(2);
    }

    /** As after kill -9 while a checkpoint or the reference is being written. */
    @ParameterizedTest
    @EnumSource(names = {"REFERENCE", "FAST"})
    void killedWhileWriting_equalsUndisturbed_bitForBit(TrainingPath path) throws IOException {
        run(folder("undisturbed"), path, new ArrayList<>(), 99);
        AtomicInteger writes = new AtomicInteger();
        for (int life = 1; life <= 4; life++) {
            int last = writes.get() + life;
            WriteGate deadly = () -> {
                if (writes.incrementAndGet() > last) {
                    throw new IllegalStateException("killed");
                }
            };
            assertThatThrownBy(() ->
                            new TrainingRun(spec(path), folder("killed"), source(), _ -> {}, deadly, () -> false).run())
                    .hasMessage("killed");
        }
        run(folder("killed"), path, new ArrayList<>(), 99);
        assertThat(TinyRun.contents(folder("killed"))).isEqualTo(TinyRun.contents(folder("undisturbed")));
    }

    /** A worker may be killed between two groups; the scores are the same bits as in one go. */
    @ParameterizedTest
    @EnumSource(names = {"REFERENCE", "FAST"})
    void referenceScores_goOnWhereTheyWereLeft(TrainingPath path) throws IOException {
        List<TokenizedPair> pairs = pairs(2 * ReferenceScores.GROUP + 5, 9);
        try (Decoder decoder = ModelDirectory.open(base).decoder(Dtype.BF16);
                LoraAdapter adapter = LoraAdapter.fresh(decoder.spec(), LoraSpec.everyProjection(4, 8), 1);
                GradientStep step = new PathChoice(path, "").step(decoder, adapter, 200, false, null)) {
            PreferenceStep preferences = new PreferenceStep(step, LOSS);
            List<PairScore> atOnce = scores(folder("at-once"), WriteGate.OPEN).of(pairs, preferences, false);
            AtomicInteger writes = new AtomicInteger();
            WriteGate once = () -> {
                if (writes.incrementAndGet() > 1) {
                    throw new IllegalStateException("killed");
                }
            };
            assertThatThrownBy(() -> scores(folder("killed"), once).of(pairs, preferences, false))
                    .hasMessage("killed");
            assertThatThrownBy(() -> scores(folder("killed"), WriteGate.OPEN).of(pairs, preferences, true))
                    .isInstanceOf(Internal.class)
                    .hasMessageContaining("the reference of 64 of 133 pairs");
            assertThat(scores(folder("killed"), WriteGate.OPEN).of(pairs, preferences, false))
                    .isEqualTo(atOnce);
            assertThat(scores(folder("killed"), once).of(pairs, preferences, true))
                    .as("read back")
                    .isEqualTo(atOnce);
        }
    }

    @Test
    void aRun_leavesNoTensorBehind() {
        run(folder("warm"), TrainingPath.FAST, new ArrayList<>(), 99);
        long before = Pointer.totalCount();
        run(folder("measured"), TrainingPath.FAST, new ArrayList<>(), 99);
        run(folder("reference"), TrainingPath.REFERENCE, new ArrayList<>(), 99);
        assertThat(Pointer.totalCount()).isEqualTo(before);
    }

    private ReferenceScores scores(Path folder, WriteGate gate) {
        return new ReferenceScores(folder, gate, _ -> {}, Duration.ZERO);
    }

    private Path folder(String name) {
        try {
            return Files.createDirectories(root.resolve(name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private RunSpec spec(TrainingPath path) {
        return TinyRun.spec(base, 4, 3, RunSpec.Precision.FP32, path).withDpo(LOSS);
    }

    private static Objective.Source source() {
        return () -> new PreferenceObjective(DATA, LOSS);
    }

    private RunOutcome run(Path folder, TrainingPath path, List<RunEvent> events, int stopAfter) {
        AtomicInteger done = new AtomicInteger();
        RunObserver observer = event -> {
            events.add(event);
            done.addAndGet(event instanceof RunEvent.StepDone ? 1 : 0);
        };
        return new TrainingRun(spec(path), folder, source(), observer, WriteGate.OPEN, () -> done.get() >= stopAfter)
                .run();
    }

    private static List<RunEvent.StepDone> steps(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent.StepDone.class::isInstance)
                .map(RunEvent.StepDone.class::cast)
                .toList();
    }

    /** Everything that a step measures, to the last bit. */
    private static List<List<Object>> numbers(List<RunEvent> events) {
        return steps(events).stream()
                .map(step -> List.<Object>of(
                        step.step(), step.trainLoss(), step.trainAccuracy(), step.gradientNorm(), step.more()))
                .toList();
    }
}
