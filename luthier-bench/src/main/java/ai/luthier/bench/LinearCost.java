package ai.luthier.bench;

import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a token costs, and what memory a run takes, by how many tokens there are: {@code LinearCost SHAPE THREADS TOKENS…}, ascending.
 *
 * <p>Whole runs, once through rows of 256 to 512 tokens, a quarter supervised, in batches of 8. Seconds are those from the second step
 * to the last, of the processors that this process had (its threads' time together, which other work on the machine disturbs least).
 */
public final class LinearCost {

    private static final int BATCH = 8;
    private static final double SHARE = 0.25;
    private static final int MEAN_ROW = 384;

    private LinearCost() {}

    /** See the class. */
    public static void main(String[] args) throws IOException {
        Shape shape = Shape.named(args[0]);
        int threads = Integer.parseInt(args[1]);
        Torch.threads(threads);
        System.out.println(
                "| shape | tokens | processor seconds | µs a token | peak RSS MB so far |\n|---|---|---|---|---|");
        for (String tokens : Arrays.copyOfRange(args, 2, args.length)) {
            int rows = Math.max(3 * BATCH, Integer.parseInt(tokens) / MEAN_ROW);
            measure(shape, RowSource.drawn(shape, SHARE, rows), threads);
        }
    }

    private static void measure(Shape shape, List<TokenizedExample> rows, int threads) throws IOException {
        long[] first = new long[1];
        long[] last = new long[1];
        long[] tokens = new long[1];
        new RandomRun(shape, rows, BATCH, threads, TrainingPath.AUTO, 0).run(event -> {
            if (event instanceof RunEvent.StepDone step) {
                last[0] = processorNanos();
                tokens[0] += step.step() == 1 ? 0 : step.tokens();
                first[0] = step.step() == 1 ? last[0] : first[0];
            }
        });
        double seconds = (last[0] - first[0]) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %.1f | %.1f | %d |%n",
                shape.name(),
                tokens[0],
                seconds,
                1e6 * seconds / tokens[0],
                Memory.peakMegabytes());
    }

    private static long processorNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }
}
