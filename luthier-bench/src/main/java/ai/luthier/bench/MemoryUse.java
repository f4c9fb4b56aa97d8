package ai.luthier.bench;

import ai.luthier.engine.checkpoint.Folders;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.memory.MemoryEstimate;
import ai.luthier.engine.memory.TrainingMemory;
import ai.luthier.engine.memory.TrainingShape;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.worker.Fence;
import ai.luthier.engine.worker.RunFolder;
import ai.luthier.engine.worker.RunJson;
import ai.luthier.engine.worker.WorkerExit;
import ai.luthier.engine.worker.WorkerProcess;
import ai.luthier.text.bpe.BpeTrainer;
import ai.luthier.text.bpe.BpeVocabulary;
import ai.luthier.text.bpe.TokenizerFiles;
import ai.luthier.text.tokens.HuggingFaceTokenizer;
import ai.luthier.text.tokens.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The largest resident set of a training process, beside what was foretold: {@code MemoryUse MODEL BATCH LENGTH RANK PATH [STEPS]}.
 *
 * <p>MODEL is a directory, or a {@link Shape}, which gets random weights and a tokenizer of one token for each byte. A real worker
 * process trains STEPS steps of BATCH rows of LENGTH tokens, three quarters of them learnt, on one thread; PATH is
 * {@code fast}, {@code reference} or either with {@code +recompute}. Prints one line of the table in docs/benchmarks/memory.md.
 */
public final class MemoryUse {

    private static final String END = "<|endoftext|>";
    private static final Duration LOOK = Duration.ofMillis(10);

    private MemoryUse() {}

    /** See the class. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 5) {
            throw new IllegalArgumentException("MODEL BATCH LENGTH RANK PATH [STEPS]");
        }
        Path folder = Files.createTempDirectory("luthier-memory");
        try {
            int steps = args.length > 5 ? Integer.parseInt(args[5]) : 3;
            Path model = Files.isDirectory(Path.of(args[0]))
                    ? Path.of(args[0]).toAbsolutePath()
                    : random(Shape.named(args[0]), folder.resolve("model"));
            RunSpec spec = spec(
                    model,
                    folder.resolve("training.jsonl"),
                    Integer.parseInt(args[1]),
                    Integer.parseInt(args[2]),
                    Integer.parseInt(args[3]),
                    args[4]);
            writeRows(spec, steps * spec.batchSize());
            long peak = train(new RunFolder(folder.resolve("run")), spec);
            MemoryEstimate estimate = estimate(spec, (long) steps * spec.batchSize() * spec.contextLimit());
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %s | %d | %d | %+.0f %% |%n",
                    Path.of(args[0]).getFileName(),
                    args[1],
                    args[2],
                    args[3],
                    args[4],
                    estimate.total() >> 20,
                    peak >> 10,
                    100.0 * (estimate.total() / 1024.0 / peak - 1));
            if (Boolean.getBoolean("luthier.parts")) {
                System.out.println(estimate.parts());
            }
        } finally {
            Folders.delete(folder);
        }
    }

    private static MemoryEstimate estimate(RunSpec spec, long tokens) {
        ModelDirectory model = ModelDirectory.open(spec.base());
        return TrainingMemory.of(
                model.spec(),
                model.storedDtype(),
                TrainingShape.supervised(
                        spec.rank(),
                        spec.batchSize(),
                        spec.contextLimit(),
                        TrainingMemory.path(model.spec(), spec.path()),
                        spec.recompute(),
                        tokens));
    }

    private static Path random(Shape shape, Path directory) throws IOException {
        Files.createDirectories(directory);
        BpeVocabulary bytes = new BpeTrainer(257, List.of(END)).train();
        TokenizerFiles.write(directory, bytes, END, shape.spec().context(), "");
        try (DecoderWeights weights = DecoderWeights.random(shape.spec(), Dtype.BF16, 0.02, 1)) {
            ModelDirectory.write(directory, weights, Map.of("eos_token_id", 0));
        }
        return directory;
    }

    private static RunSpec spec(Path model, Path file, int batch, int length, int rank, String path) {
        return new RunSpec(
                model,
                "measured",
                Optional.empty(),
                Optional.empty(),
                file,
                Optional.empty(),
                rank,
                2 * rank,
                1,
                batch,
                1e-4,
                RunDefaults.WARMUP,
                RunDefaults.MAX_GRADIENT_NORM,
                0,
                1,
                RunSpec.Precision.BF16,
                length,
                Overlong.TRUNCATE,
                RunDefaults.CHECKPOINT_STEPS,
                RunDefaults.CHECKPOINT_SECONDS,
                1,
                path.endsWith("+recompute"),
                TrainingPath.valueOf(path.replace("+recompute", "").toUpperCase(Locale.ROOT)),
                Instant.now());
    }

    /** Rows that are cut to the limit, so that all have exactly its length; the first quarter is the prompt. */
    private static void writeRows(RunSpec spec, int count) throws IOException {
        int wanted = spec.contextLimit();
        try (TextTokenizer tokenizer = HuggingFaceTokenizer.load(spec.base())) {
            List<String> rows = new ArrayList<>();
            for (int row = 0; row < count; row++) {
                // Rows begin differently, or the fast path would compute what they share once.
                String prompt = "%c".formatted('A' + row % 26) + words(tokenizer, row, wanted / 4);
                rows.add(
                        "{\"prompt\":\"" + prompt + "\",\"completion\":\"" + words(tokenizer, row + 7, wanted) + "\"}");
            }
            Files.write(spec.trainingFile(), rows);
        }
    }

    private static String words(TextTokenizer tokenizer, int seed, int tokens) {
        StringBuilder text = new StringBuilder();
        int word = seed;
        while (tokenizer.encode(text.toString(), false).length < tokens) {
            for (int i = 0; i <= tokens / 16; i++) {
                text.append(' ').append("the cat sat on a mat and saw an owl by the sea".split(" ")[word++ * 7 % 13]);
            }
        }
        return text.toString();
    }

    /** The peak in kibibytes. */
    private static long train(RunFolder folder, RunSpec spec) throws IOException, InterruptedException {
        Files.createDirectories(folder.root());
        RunJson.writeSpec(folder, spec);
        Fence.raise(folder, 1);
        long peak = 0;
        try (WorkerProcess worker = WorkerProcess.start(folder, 1, WorkerProcess.Resources.heap("1g"))) {
            Optional<WorkerExit> exit = Optional.empty();
            while (exit.isEmpty()) {
                peak = Math.max(peak, Memory.peakKibibytes(worker.pid()));
                exit = worker.await(LOOK);
            }
            if (exit.get() != WorkerExit.FINISHED) {
                throw new IllegalStateException(exit.get() + ": " + Files.readString(folder.log()));
            }
        }
        return peak;
    }
}
