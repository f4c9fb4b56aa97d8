package ai.luthier.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.text.bpe.BpeTrainer;
import ai.luthier.text.bpe.BpeVocabulary;
import ai.luthier.text.bpe.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten times {@code kill -9} of the worker, at random moments and at least twice in the middle of writing a checkpoint: the
 * adapter is byte for byte that of an undisturbed run, and little work was done twice.
 */
@Tag("crash")
class WorkerKilledTest {

    private static final int KILLS = 10;
    private static final int INSIDE_A_WRITE = 2;
    private static final int CHECKPOINT_STEPS = 4;
    private static final int STEPS = 120;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path root;

    @Test
    void tenKills_changeNoByte_andRepeatFewSteps() throws Exception {
        long seed = System.nanoTime();
        System.out.println("WorkerKilledTest seed " + seed);
        Random random = new Random(seed);
        RunSpec spec = spec(base(), rows());
        RunFolder undisturbed = folder("undisturbed", spec);
        try (WorkerProcess worker = start(undisturbed, 1)) {
            assertThat(worker.await(PATIENCE)).as(log(undisturbed)).contains(WorkerExit.FINISHED);
        }
        RunFolder killed = folder("killed", spec);
        ProgressReader journal = new ProgressReader(killed);
        int insideAWrite = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            try (WorkerProcess worker = start(killed, kill)) {
                awaitSteps(worker, journal, 1 + random.nextInt(6));
                if (insideAWrite < INSIDE_A_WRITE) {
                    awaitHalfACheckpoint(worker, killed);
                } else {
                    Thread.sleep(random.nextInt(30));
                }
                worker.kill();
                assertThat(worker.await(PATIENCE)).as("seed %d", seed).contains(WorkerExit.DIED);
                insideAWrite += halfACheckpoint(killed) ? 1 : 0;
            }
        }
        try (WorkerProcess worker = start(killed, KILLS + 1)) {
            assertThat(worker.await(PATIENCE)).as(log(killed)).contains(WorkerExit.FINISHED);
        }
        assertThat(insideAWrite)
                .as("kills inside a checkpoint's write, seed %d", seed)
                .isGreaterThanOrEqualTo(2);
        assertThat(killed.adapter().resolve("adapter_model.safetensors"))
                .as("seed %d", seed)
                .hasSameBinaryContentAs(undisturbed.adapter().resolve("adapter_model.safetensors"));
        assertStepsTwiceAreEqual(killed, seed);
    }

    private static void assertStepsTwiceAreEqual(RunFolder folder, long seed) throws IOException {
        Map<Integer, String> first = new HashMap<>();
        int executed = 0;
        for (String line : Files.readAllLines(folder.progress())) {
            if (RunJson.event(line) instanceof RunEvent.StepDone step) {
                executed++;
                String numbers = line.replaceAll("\"tokensPerSecond\":[^,}]*", "");
                assertThat(numbers)
                        .as("step %d, seed %d", step.step(), seed)
                        .isEqualTo(first.computeIfAbsent(step.step(), _ -> numbers));
            }
        }
        assertThat(first).hasSize(STEPS);
        assertThat(executed).isLessThanOrEqualTo(STEPS + KILLS * CHECKPOINT_STEPS);
    }

    private static void awaitSteps(WorkerProcess worker, ProgressReader journal, int steps)
            throws InterruptedException {
        int seen = 0;
        while (worker.alive() && seen < steps) {
            for (RunEvent event : journal.next()) {
                seen += event instanceof RunEvent.StepDone ? 1 : 0;
            }
            Thread.sleep(1);
        }
    }

    private static void awaitHalfACheckpoint(WorkerProcess worker, RunFolder folder) throws IOException {
        while (worker.alive() && !halfACheckpoint(folder)) {
            Thread.onSpinWait();
        }
    }

    private static boolean halfACheckpoint(RunFolder folder) throws IOException {
        if (!Files.exists(folder.checkpoint())) {
            return false;
        }
        try (var files = Files.list(folder.checkpoint())) {
            return files.anyMatch(file -> file.getFileName().toString().endsWith(".tmp"));
        }
    }

    private static WorkerProcess start(RunFolder folder, long fence) throws IOException {
        Fence.raise(folder, fence);
        // What the last one left half-written must not be taken for the next one's.
        if (Files.exists(folder.checkpoint())) {
            try (var files = Files.list(folder.checkpoint())) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".tmp")).toList()) {
                    Files.delete(file);
                }
            }
        }
        return WorkerProcess.start(folder, fence, "256m");
    }

    private RunFolder folder(String name, RunSpec spec) {
        RunFolder folder = new RunFolder(root.resolve(name));
        RunJson.writeSpec(folder, spec);
        return folder;
    }

    private static String log(RunFolder folder) throws IOException {
        return Files.exists(folder.log()) ? Files.readString(folder.log()) : "no log";
    }

    private Path base() throws IOException {
        BpeVocabulary bytes = new BpeTrainer(257, List.of("<|endoftext|>")).train();
        Path base = Files.createDirectory(root.resolve("base"));
        TokenizerFiles.write(base, bytes, "<|endoftext|>", 64, "");
        DecoderSpec model = DecoderSpec.llama(bytes.size(), 128, 256, 2, 4, 2, 64);
        try (DecoderWeights weights = DecoderWeights.random(model, Dtype.FP32, 0.1, 1)) {
            ModelDirectory.write(base, weights, Map.of("eos_token_id", 0));
        }
        return base;
    }

    private Path rows() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            lines.append("{\"prompt\":\"%d + %d = \",\"completion\":\"%d\"}%n".formatted(i, i, 2 * i));
        }
        return Files.writeString(root.resolve("rows.jsonl"), lines);
    }

    /** 60 rows in twos for 4 epochs are 120 steps; a high rank makes checkpoints of some megabytes, which take a while. */
    private static RunSpec spec(Path base, Path rows) {
        return new RunSpec(
                base,
                "tiny",
                Optional.empty(),
                Optional.empty(),
                rows,
                Optional.empty(),
                64,
                128,
                4,
                2,
                1e-3,
                0.1,
                1.0,
                0.01,
                42,
                RunSpec.Precision.FP32,
                64,
                Overlong.REFUSE,
                CHECKPOINT_STEPS,
                3600,
                1,
                false);
    }
}
