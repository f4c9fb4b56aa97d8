package ai.luthier.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.DpoSpec;
import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.options.TrainingMethod;
import ai.luthier.engine.train.options.Tuning;
import ai.luthier.text.bpe.BpeTrainer;
import ai.luthier.text.bpe.BpeVocabulary;
import ai.luthier.text.bpe.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers that die in the middle, at moments drawn from a printed seed: the result is that of a run nobody disturbed. */
@Tag("crash")
class WorkerCrashTest {

    private static final int KILLS = 10;
    private static final int KILLS_WHILE_WRITING = 2;
    private static final int CHECKPOINT_STEPS = 5;
    private static final int ROWS = 90;
    private static final int EPOCHS = 2;
    private static final int STEPS = ROWS * EPOCHS;
    private static final String TEMPLATE = "{% for message in messages %}{{ message.role }}: {{ message.content }}"
            + "{% if message.role == 'assistant' %}<|endoftext|>{% endif %}\n{% endfor %}"
            + "{% if add_generation_prompt %}assistant: {% endif %}";

    @TempDir
    Path root;

    private Path base;
    private Path rows;
    private Path pairs;

    @BeforeEach
    void writeModelAndRows() throws IOException {
        BpeVocabulary bytes = new BpeTrainer(257, List.of("<|endoftext|>")).train();
        base = Files.createDirectory(root.resolve("base"));
        TokenizerFiles.write(base, bytes, "<|endoftext|>", 128, TEMPLATE);
        try (DecoderWeights weights =
                DecoderWeights.random(DecoderSpec.llama(bytes.size(), 64, 128, 2, 2, 1, 128), Dtype.FP32, 0.1, 1)) {
            ModelDirectory.write(base, weights, Map.of("eos_token_id", 0));
        }
        rows = root.resolve("rows.jsonl");
        Random random = new Random(5);
        Files.write(rows, Stream.generate(() -> row(random)).limit(ROWS).toList());
        pairs = root.resolve("pairs.jsonl");
        Files.write(pairs, Stream.generate(() -> pair(random)).limit(ROWS).toList());
    }

    private static String pair(Random random) {
        int a = random.nextInt(100);
        return ("{\"input\": {\"messages\": [{\"role\": \"user\", \"content\": \"What is %d and %s?\"}]},"
                        + " \"preferred_output\": [{\"role\": \"assistant\", \"content\": \"%d\"}],"
                        + " \"non_preferred_output\": [{\"role\": \"assistant\", \"content\": \"No %s\"}]}")
                .formatted(a, "so ".repeat(random.nextInt(9)), a + 1, "no ".repeat(random.nextInt(5)));
    }

    private static String row(Random random) {
        int a = random.nextInt(100);
        int b = random.nextInt(100);
        return "{\"prompt\": \"%d plus %d is %s\", \"completion\": \"%d\"}"
                .formatted(a, b, "so ".repeat(random.nextInt(9)), a + b);
    }

    private RunSpec spec(TrainingPath path, Path file) {
        return new RunSpec(
                base,
                "tiny",
                Optional.empty(),
                Optional.empty(),
                file,
                Optional.empty(),
                4,
                8,
                EPOCHS,
                1,
                1e-3,
                0.1,
                1.0,
                0,
                42,
                RunSpec.Precision.FP32,
                128,
                Overlong.REFUSE,
                CHECKPOINT_STEPS,
                3600,
                1,
                false,
                path,
                Instant.EPOCH);
    }

    @ParameterizedTest
    @CsvSource({"REFERENCE, LORA", "FAST, LORA", "FAST, LAST_LAYERS"})
    void tenKills_leaveTheSameWeights_andRepeatNoMoreThanTheCheckpointInterval(TrainingPath path, TrainingMethod method)
            throws Exception {
        Tuning tuning = method == TrainingMethod.LORA ? Tuning.LORA : Tuning.lastLayers(1);
        kills(spec(path, rows).withTuning(tuning), KILLS);
    }

    /** Of preference training: the scores of the reference are the first worker's, whoever comes after it. */
    @ParameterizedTest
    @EnumSource(names = {"REFERENCE", "FAST"})
    void fourKillsOfPreferenceTraining_leaveTheSameWeights(TrainingPath path) throws Exception {
        kills(spec(path, pairs).withDpo(DpoSpec.DEFAULTS), 4);
    }

    private void kills(RunSpec spec, int kills) throws Exception {
        byte[] undisturbed = weights(finish(prepare("undisturbed", spec), 1));

        long seed = new Random().nextLong();
        System.out.println("kills drawn from seed " + seed);
        RunFolder folder = prepare("disturbed", spec);
        Random random = new Random(seed);
        long fence = 0;
        int whileWriting = 0;
        for (int kill = 0; kill < kills; kill++) {
            boolean waitForWrite = whileWriting < KILLS_WHILE_WRITING;
            whileWriting += kill(folder, ++fence, waitForWrite, random.nextInt(STEPS / kills)) ? 1 : 0;
        }
        assertThat(whileWriting).as("kills inside a checkpoint write").isGreaterThanOrEqualTo(KILLS_WHILE_WRITING);

        finish(folder, ++fence);
        assertThat(weights(folder)).isEqualTo(undisturbed);
        assertThat(stepsTold(folder)).as("steps executed").isLessThanOrEqualTo(STEPS + kills * CHECKPOINT_STEPS);
        assertThat(stepsTold(folder).intValue()).isGreaterThanOrEqualTo(STEPS);
        assertEveryStepIsToldTheSameEachTime(folder);
    }

    @Test
    void anEndOfInputStopsWithACheckpointThatTheNextWorkerTakesUp() throws Exception {
        RunFolder folder = prepare("stopped", spec(TrainingPath.AUTO, rows));
        Fence.raise(folder, 1);
        try (WorkerProcess worker = WorkerProcess.start(folder, 1, WorkerProcess.Resources.heap("256m"))) {
            awaitSteps(folder, worker, 3);
            worker.requestStop();
            assertThat(worker.await(Duration.ofMinutes(1))).contains(WorkerExit.INTERRUPTED);
        }
        int before = events(folder).size();
        finish(folder, 2);
        assertThat(events(folder).subList(before, events(folder).size()))
                .anySatisfy(event -> assertThat(event).isInstanceOf(RunEvent.Resumed.class));
        assertThat(stepsTold(folder)).as("nothing was done twice").isEqualTo(STEPS);
    }

    @Test
    void aWorkerWithAnOldFenceWritesNothing() throws Exception {
        RunFolder folder = prepare("fenced", spec(TrainingPath.AUTO, rows));
        Fence.raise(folder, 2);
        try (WorkerProcess old = WorkerProcess.start(folder, 1, WorkerProcess.Resources.heap("256m"))) {
            assertThat(old.await(Duration.ofMinutes(1))).contains(WorkerExit.FENCED);
        }
        assertThat(folder.progress()).doesNotExist();
        assertThat(folder.checkpoint()).doesNotExist();
    }

    /** Whether the kill fell into the writing of a checkpoint, as the file under a temporary name shows. */
    private boolean kill(RunFolder folder, long fence, boolean waitForWrite, int steps) throws Exception {
        Fence.raise(folder, fence);
        Set<Path> before = unfinished(folder);
        int told = stepsTold(folder).intValue();
        try (WorkerProcess worker = WorkerProcess.start(folder, fence, WorkerProcess.Resources.heap("256m"))) {
            awaitSteps(folder, worker, told + 1);
            while (worker.alive()) {
                boolean due = waitForWrite
                        ? !before.containsAll(unfinished(folder))
                        : stepsTold(folder) >= told + Math.max(1, steps);
                if (due) {
                    worker.kill();
                }
            }
        }
        return !before.containsAll(unfinished(folder));
    }

    private static Set<Path> unfinished(RunFolder folder) throws IOException {
        if (!Files.exists(folder.checkpoint())) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(folder.checkpoint())) {
            return files.filter(file -> !file.getFileName().toString().matches("step-\\d{8}\\.safetensors"))
                    .collect(Collectors.toSet());
        }
    }

    private RunFolder prepare(String name, RunSpec spec) {
        RunFolder folder = new RunFolder(root.resolve(name));
        RunJson.writeSpec(folder, spec);
        return folder;
    }

    private static RunFolder finish(RunFolder folder, long fence) throws Exception {
        Fence.raise(folder, fence);
        try (WorkerProcess worker = WorkerProcess.start(folder, fence, WorkerProcess.Resources.heap("256m"))) {
            assertThat(worker.await(Duration.ofMinutes(3)))
                    .as(() -> read(folder.log()))
                    .contains(WorkerExit.FINISHED);
        }
        return folder;
    }

    private static void awaitSteps(RunFolder folder, WorkerProcess worker, int steps) throws Exception {
        while (stepsTold(folder) < steps) {
            assertThat(worker.alive()).as(() -> read(folder.log())).isTrue();
            Thread.sleep(1);
        }
    }

    private static List<RunEvent> events(RunFolder folder) {
        List<RunEvent> all = new ArrayList<>();
        ProgressReader reader = new ProgressReader(folder);
        for (List<RunEvent> events = reader.next(); !events.isEmpty(); events = reader.next()) {
            all.addAll(events);
        }
        return all;
    }

    private static Long stepsTold(RunFolder folder) {
        return events(folder).stream()
                .filter(RunEvent.StepDone.class::isInstance)
                .count();
    }

    private static void assertEveryStepIsToldTheSameEachTime(RunFolder folder) {
        Map<Integer, Set<Double>> losses = events(folder).stream()
                .filter(RunEvent.StepDone.class::isInstance)
                .map(RunEvent.StepDone.class::cast)
                .collect(Collectors.groupingBy(
                        RunEvent.StepDone::step, Collectors.mapping(RunEvent.StepDone::trainLoss, Collectors.toSet())));
        assertThat(losses).hasSize(STEPS);
        assertThat(losses.values()).allSatisfy(values -> assertThat(values).hasSize(1));
    }

    private static byte[] weights(RunFolder folder) throws IOException {
        Path adapter = folder.adapter().resolve("adapter_model.safetensors");
        return Files.readAllBytes(
                Files.exists(adapter) ? adapter : folder.adapter().resolve("changed_weights.safetensors"));
    }

    private static String read(Path log) {
        try {
            return Files.exists(log) ? Files.readString(log) : "no log";
        } catch (IOException e) {
            return e.toString();
        }
    }
}
