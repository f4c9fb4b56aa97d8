package ai.luthier.bench;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.MatmulRate;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.SpeedEstimate;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.TrainingRun;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Training tokens per second of LoRA (r = 16, every projection, bf16), as a fraction of the rate of a bf16 linear layer in the
 * same process: {@code TrainingSpeed SHAPE ROWS STEPS BATCH THREADS wall|cpu PATH MEMORY}.
 *
 * <p>ROWS is a share: rows of 256 to 512 random tokens, the last share of each supervised. Or it is a file with an object
 * {@code {"ids":[…],"mask":[…]}} a line, whose first rows are taken. A whole {@link TrainingRun} is measured; the first two
 * steps warm up and do not count. On a machine that is busy otherwise wall-clock times mean nothing: there use one thread and
 * its processor time, {@code cpu}, for training and yardstick alike.
 */
public final class TrainingSpeed {

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
        long memory = args.length > 7 ? Long.parseLong(args[7]) : 0;
        Torch.threads(threads);
        double before = rate(shape, clock);
        int count = (steps + WARMUP_STEPS) * batch;
        List<TokenizedExample> rows = RowSource.rows(source, shape, count);
        Result result = train(new RandomRun(shape, rows, batch, threads, path, memory), clock);
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

    private static Result train(RandomRun run, LongSupplier clock) throws IOException {
        List<Long> marks = new ArrayList<>();
        List<Long> tokens = new ArrayList<>();
        List<Long> supervised = new ArrayList<>();
        run.run(event -> {
            if (event instanceof RunEvent.StepDone step) {
                marks.add(clock.getAsLong());
                tokens.add(step.tokens());
                supervised.add(step.supervised());
            }
        });
        long counted = afterWarmUp(tokens);
        double all = 0;
        long allTokens = 0;
        for (TokenizedExample row : run.rows()) {
            all += SpeedEstimate.usefulOperations(
                    run.shape().spec(), row.ids().length, row.supervisedCount(), RandomRun.RANK);
            allTokens += row.ids().length;
        }
        return new Result(
                counted,
                afterWarmUp(supervised),
                all * counted / allTokens,
                (marks.getLast() - marks.get(WARMUP_STEPS - 1)) / 1e9);
    }

    private static long afterWarmUp(List<Long> counts) {
        return counts.stream().skip(WARMUP_STEPS).mapToLong(Long::longValue).sum();
    }
}
