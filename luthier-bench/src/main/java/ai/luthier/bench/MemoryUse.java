package ai.luthier.bench;

import ai.luthier.engine.checkpoint.Folders;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Devices;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.memory.MemoryEstimate;
import ai.luthier.engine.train.memory.TrainingMemory;
import ai.luthier.engine.train.memory.TrainingShape;
import ai.luthier.engine.train.memory.TrainingWay;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The largest resident set of a training process, beside what was foretold: {@code MemoryUse MODEL BATCH LENGTH STEPS [threads=N]
 * [ragged] [dpo] [memory=BYTES] [KEY=VALUE…]}, the keys those of a job's object {@code luthier}.
 *
 * <p>MODEL is a directory, or a {@link Shape}, which gets random weights and a tokenizer of one token for each byte. A real worker
 * process trains STEPS steps of BATCH rows, or pairs of rows, of LENGTH tokens, most of them learnt. Prints one line of the table in
 * docs/benchmarks/memory.md; with {@code -Dluthier.parts=true} also what the estimate is made of.
 */
public final class MemoryUse {

    private static final String END = "<|endoftext|>";
    private static final String TEMPLATE =
            "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\n' }}"
                    + "{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}";
    private static final Duration LOOK = Duration.ofMillis(10);

    private MemoryUse() {}

    /** See the class. */
    public static void main(String[] args) throws IOException, InterruptedException {
        MemorySetting setting = MemorySetting.of(List.of(args));
        Path folder = Files.createTempDirectory("luthier-memory");
        try {
            Path model = Files.isDirectory(Path.of(setting.model()))
                    ? Path.of(setting.model()).toAbsolutePath()
                    : random(Shape.named(setting.model()), folder.resolve("model"));
            RunSpec spec = setting.spec(model, folder.resolve("training.jsonl"));
            writeRows(setting, spec);
            MemoryEstimate estimate = estimate(setting, model);
            long peak = train(new RunFolder(folder.resolve("run")), spec, setting.memory());
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d | %d | %s | %d | %d | %+.0f %% |%n",
                    Path.of(setting.model()).getFileName(),
                    setting.batch(),
                    setting.length(),
                    setting.given(),
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

    private static MemoryEstimate estimate(MemorySetting setting, Path base) {
        ModelDirectory model = ModelDirectory.open(base);
        TrainingWay way = TrainingWay.of(setting.options(), setting.threads(), setting.memory());
        int count = setting.steps() * setting.batch();
        long tokens = IntStream.range(0, count)
                .mapToLong(row -> Math.min(setting.length(), own(setting, row) * 17L / 16) * (setting.pairs() ? 2 : 1))
                .sum();
        TrainingShape rows = TrainingShape.supervised(way, setting.batch(), setting.length(), tokens)
                .ofExamples(count);
        return TrainingMemory.of(model.spec(), model.storedDtype(), setting.pairs() ? rows.onPairs() : rows);
    }

    private static Path random(Shape shape, Path directory) throws IOException {
        Files.createDirectories(directory);
        BpeVocabulary bytes = new BpeTrainer(257, List.of(END)).train();
        TokenizerFiles.write(directory, bytes, END, shape.spec().context(), TEMPLATE);
        try (DecoderWeights weights = DecoderWeights.random(shape.spec(), Dtype.BF16, 0.02, 1)) {
            ModelDirectory.write(directory, weights, Map.of("eos_token_id", 0));
        }
        return directory;
    }

    /** Words of an answer, a token each; a prompt has a sixteenth of that besides. */
    private static int own(MemorySetting setting, int row) {
        int wanted = setting.length();
        return setting.ragged() ? wanted / 16 + (row * 11 + 5) % 17 * (wanted - wanted / 16) / 16 : wanted;
    }

    /** Rows that are cut to the limit, so that all have exactly its length, or shorter ones. */
    private static void writeRows(MemorySetting setting, RunSpec spec) throws IOException {
        int count = setting.steps() * setting.batch();
        try (TextTokenizer tokenizer = HuggingFaceTokenizer.load(spec.base())) {
            List<String> rows = new ArrayList<>();
            for (int row = 0; row < count; row++) {
                // Rows begin differently, or the fast path would compute what they share once.
                int own = own(setting, row);
                String prompt = "%c".formatted('A' + row % 26) + words(tokenizer, row, own / 16);
                String answer = words(tokenizer, row + 7, own);
                rows.add(setting.pairs() ? pair(prompt, answer, words(tokenizer, row + 5, own)) : row(prompt, answer));
            }
            Files.write(spec.trainingFile(), rows);
        }
    }

    private static String row(String prompt, String answer) {
        return "{\"prompt\":\"" + prompt + "\",\"completion\":\"" + answer + "\"}";
    }

    private static String pair(String prompt, String preferred, String other) {
        return "{\"input\":{\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt
                + "\"}]},\"preferred_output\":[{\"role\":\"assistant\",\"content\":\"" + preferred
                + "\"}],\"non_preferred_output\":[{\"role\":\"assistant\",\"content\":\"" + other + "\"}]}";
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
    private static long train(RunFolder folder, RunSpec spec, long memory) throws IOException, InterruptedException {
        Files.createDirectories(folder.root());
        RunJson.writeSpec(folder, spec);
        Fence.raise(folder, 1);
        long peak = 0;
        try (WorkerProcess worker =
                WorkerProcess.start(folder, 1, new WorkerProcess.Resources("1g", memory, Devices.Choice.CPU))) {
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
