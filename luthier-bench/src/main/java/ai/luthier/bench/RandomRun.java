package ai.luthier.bench;

import ai.luthier.engine.checkpoint.Folders;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.DpoSpec;
import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.train.RunData;
import ai.luthier.engine.train.RunObserver;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.TrainingRun;
import ai.luthier.engine.train.WriteGate;
import ai.luthier.engine.train.options.Tuning;
import ai.luthier.text.tokens.TokenizedExample;
import ai.luthier.text.tokens.TokenizedPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A whole {@link TrainingRun} over rows, once through, on a base of random weights: LoRA r = {@value #RANK}, every projection, bf16; within
 * {@code memory} bytes, or without a limit where that is 0.
 */
record RandomRun(Shape shape, List<TokenizedExample> rows, int batch, int threads, TrainingPath path, long memory) {

    static final int RANK = 16;

    void run(RunObserver observer) throws IOException {
        run(observer, WriteGate.OPEN, 1, Tuning.LORA);
    }

    /** The same several times through, with other numbers trained. */
    void run(RunObserver observer, WriteGate gate, int epochs, Tuning tuning) throws IOException {
        onRandomWeights(folder -> new TrainingRun(
                spec(folder, epochs).withTuning(tuning),
                folder,
                () -> new RunData(rows, List.of(), List.of()),
                observer,
                gate,
                () -> false));
    }

    /** Once through preference pairs in place of the rows, with the ordinary loss. */
    void run(RunObserver observer, List<TokenizedPair> pairs) throws IOException {
        onRandomWeights(
                folder -> TrainingRun.ofPairs(spec(folder, 1).withDpo(DpoSpec.DEFAULTS), folder, pairs, observer));
    }

    private void onRandomWeights(Function<Path, TrainingRun> made) throws IOException {
        Path folder = Files.createTempDirectory("luthier-bench");
        try (DecoderWeights weights = DecoderWeights.random(shape.spec(), Dtype.BF16, 0.02, 1)) {
            ModelDirectory.write(folder, weights, Map.of());
            made.apply(folder).within(memory).run();
        } finally {
            Folders.delete(folder);
        }
    }

    private RunSpec spec(Path folder, int epochs) {
        return new RunSpec(
                folder,
                "random",
                Optional.empty(),
                Optional.empty(),
                folder.resolve("none.jsonl"),
                Optional.empty(),
                RANK,
                32,
                epochs,
                batch,
                1e-4,
                0.1,
                1,
                0,
                1,
                RunSpec.Precision.BF16,
                2048,
                Overlong.REFUSE,
                50,
                3600,
                threads,
                false,
                path,
                Instant.EPOCH);
    }
}
