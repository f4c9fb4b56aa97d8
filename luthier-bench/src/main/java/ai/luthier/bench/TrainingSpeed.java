package ai.luthier.bench;

import ai.luthier.engine.checkpoint.Folders;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.MatmulRate;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.train.RunData;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.SftRun;
import ai.luthier.engine.train.SpeedEstimate;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.WriteGate;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Training tokens per second of LoRA (r = 16, every projection, bf16), as a fraction of the rate of a bf16 linear layer in the
 * same process: {@code TrainingSpeed SHAPE ROWS STEPS BATCH THREADS wall|cpu PATH}.
 *
 * <p>ROWS is a share: rows of 256 to 512 random tokens, the last share of each supervised. Or it is a file with an object
 * {@code {"ids":[…],"mask":[…]}} a line, whose first rows are taken. A whole {@link SftRun} is measured; the first two
 * steps warm up and do not count. On a machine that is busy otherwise wall-clock times mean nothing: there use one thread and
 * its processor time, {@code cpu}, for training and yardstick alike.
 */
public final class TrainingSpeed {

    private static final int RANK = 16;
    private static final int WARMUP_STEPS = 2;

    private TrainingSpeed() {}

    public static void main(String[] args) throws IOException {
        Shape shape = Shape.named(args.length > 0 ? args[0] : "smollm2-135m");
        String source = args.length > 1 ? args[1] : "0.25";
        int steps = args.length > 2 ? Integer.parseInt(args[2]) : 8;
        int batch = args.length > 3 ? Integer.parseInt(args[3]) : 8;
        int threads = args.length > 4 ? Integer.parseInt(args[4]) : Torch.availableThreads();
        boolean processorTime = args.length > 5 && args[5].equals("cpu");
        LongSupplier clock =
                processorTime ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime;
        TrainingPath path =
                args.length > 6 ? TrainingPath.valueOf(args[6].toUpperCase(Locale.ROOT)) : TrainingPath.AUTO;
        Torch.threads(threads);
        double before = rate(shape, clock);
        int count = (steps + WARMUP_STEPS) * batch;
        List<TokenizedExample> rows = source.matches("[01](\\.\\d+)?")
                ? rows(shape, Double.parseDouble(source), count)
                : rows(Path.of(source), count);
        Result result = train(shape, rows, batch, threads, path, clock);
        double after = rate(shape, clock);
        double rate = Math.max(before, after);
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %.0f %% | %d | %d %s | %.0f | %.0f | %.0f | %.0f | %.0f | **%.2f** | %d |%n",
                shape.name(),
                path.name().toLowerCase(Locale.ROOT),
                100.0 * result.supervised / result.tokens,
                batch,
                threads,
                processorTime ? "cpu" : "wall",
                result.tokens / result.seconds,
                result.supervised / result.seconds,
                result.operations / result.seconds / 1e9,
                before / 1e9,
                after / 1e9,
                result.operations / result.seconds / rate,
                Memory.peakMegabytes());
    }

    private record Result(long tokens, long supervised, double operations, double seconds) {}

    private static double rate(Shape shape, LongSupplier clock) {
        return MatmulRate.measure(
                Dtype.BF16, 2048, shape.spec().width(), shape.spec().feedForward(), clock);
    }

    private static Result train(
            Shape shape, List<TokenizedExample> rows, int batch, int threads, TrainingPath path, LongSupplier clock)
            throws IOException {
        Path folder = Files.createTempDirectory("luthier-bench");
        try (DecoderWeights weights = DecoderWeights.random(shape.spec(), Dtype.BF16, 0.02, 1)) {
            ModelDirectory.write(folder, weights, Map.of());
            List<Long> marks = new ArrayList<>();
            List<Long> tokens = new ArrayList<>();
            List<Long> supervised = new ArrayList<>();
            SftRun run = new SftRun(
                    spec(folder, batch, threads, path),
                    folder,
                    () -> new RunData(rows, List.of(), List.of()),
                    event -> {
                        if (event instanceof RunEvent.StepDone step) {
                            marks.add(clock.getAsLong());
                            tokens.add(step.tokens());
                            supervised.add(step.supervised());
                        }
                    },
                    WriteGate.OPEN,
                    () -> false);
            run.run();
            long counted = afterWarmUp(tokens);
            double all = 0;
            long allTokens = 0;
            for (TokenizedExample row : rows) {
                all += SpeedEstimate.usefulOperations(shape.spec(), row.ids().length, row.supervisedCount(), RANK);
                allTokens += row.ids().length;
            }
            return new Result(
                    counted,
                    afterWarmUp(supervised),
                    all * counted / allTokens,
                    (marks.getLast() - marks.get(WARMUP_STEPS - 1)) / 1e9);
        } finally {
            Folders.delete(folder);
        }
    }

    private static long afterWarmUp(List<Long> counts) {
        return counts.stream().skip(WARMUP_STEPS).mapToLong(Long::longValue).sum();
    }

    /** The first rows of a file of ids and masks. */
    private static List<TokenizedExample> rows(Path file, int count) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.limit(count)
                    .map(JsonMapper.shared()::readTree)
                    .map(row -> {
                        List<JsonNode> mask = row.required("mask").valueStream().toList();
                        boolean[] supervised = new boolean[mask.size()];
                        for (int t = 0; t < supervised.length; t++) {
                            supervised[t] = mask.get(t).intValue() == 1;
                        }
                        int[] ids = row.required("ids")
                                .valueStream()
                                .mapToInt(JsonNode::intValue)
                                .toArray();
                        return new TokenizedExample(ids, supervised);
                    })
                    .toList();
        }
    }

    /** Rows of 256 to 512 random tokens, the last share of each supervised. */
    static List<TokenizedExample> rows(Shape shape, double share, int count) {
        Random random = new Random(1);
        List<TokenizedExample> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = 256 + random.nextInt(257);
            boolean[] supervised = new boolean[length];
            for (int t = length - (int) (share * length); t < length; t++) {
                supervised[t] = true;
            }
            rows.add(new TokenizedExample(
                    random.ints(length, 3, shape.spec().vocabulary()).toArray(), supervised));
        }
        return rows;
    }

    private static RunSpec spec(Path folder, int batch, int threads, TrainingPath path) {
        return new RunSpec(
                folder,
                "random",
                Optional.empty(),
                Optional.empty(),
                folder.resolve("none.jsonl"),
                Optional.empty(),
                RANK,
                32,
                1,
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
