package ai.luthier.engine.train;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** A complete run on a random-weight model that takes milliseconds a step: ragged rows, partly supervised. */
final class TinyRun {

    static final DecoderSpec MODEL = DecoderSpec.llama(60, 32, 48, 2, 4, 2, 64);

    private TinyRun() {}

    /** Writes the base model into a new folder under this one. */
    static Path base(Path folder) throws IOException {
        Path base = Files.createDirectories(folder.resolve("base"));
        try (DecoderWeights weights = DecoderWeights.random(MODEL, Dtype.FP32, 0.2, 1)) {
            ModelDirectory.write(base, weights, Map.of("eos_token_id", 2));
        }
        Files.writeString(base.resolve("chat_template.jinja"), "{{ messages }}");
        return base;
    }

    /** Rows of 2 to 20 tokens; each supervises a run of tokens in its middle or at its end. */
    static List<TokenizedExample> examples(int count, long seed) {
        Random random = new Random(seed);
        List<TokenizedExample> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = 2 + random.nextInt(19);
            int[] ids = random.ints(length, 3, MODEL.vocabulary()).toArray();
            boolean[] supervised = new boolean[length];
            int from = 1 + random.nextInt(length - 1);
            int to = from + 1 + random.nextInt(length - from);
            for (int t = from; t < to; t++) {
                supervised[t] = true;
            }
            examples.add(new TokenizedExample(ids, supervised));
        }
        return examples;
    }

    static RunData data(int rows) {
        return new RunData(examples(rows, 7), examples(5, 8), List.of());
    }

    static RunSpec spec(Path base, int epochs, int batchSize, RunSpec.Precision precision) {
        return spec(base, epochs, batchSize, precision, TrainingPath.REFERENCE);
    }

    static RunSpec spec(Path base, int epochs, int batchSize, RunSpec.Precision precision, TrainingPath path) {
        return spec(base, epochs, batchSize, precision, path, 1);
    }

    static RunSpec spec(
            Path base, int epochs, int batchSize, RunSpec.Precision precision, TrainingPath path, int threads) {
        return new RunSpec(
                base,
                "tiny",
                Optional.empty(),
                Optional.empty(),
                base.resolve("unused.jsonl"),
                Optional.empty(),
                4,
                8,
                epochs,
                batchSize,
                1e-2,
                0.1,
                1.0,
                0.01,
                42,
                precision,
                64,
                Overlong.REFUSE,
                4,
                3600,
                threads,
                false,
                path,
                Instant.EPOCH);
    }

    /** Every file below the folder with its bytes, for comparing folders. */
    static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file).toString(), Arrays.toString(Files.readAllBytes(file)));
            }
        }
        return contents;
    }
}
