package ai.luthier.bench;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.options.TrainingMethod;
import ai.luthier.engine.train.options.Tuning;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * What it is worth to keep the output of frozen layers from epoch to epoch, where the top quarter of the layers is trained:
 * {@code FrozenLayers SHAPE SHARE ROWS BATCH EPOCHS THREADS wall|cpu RUNS}, uncached and cached in turn.
 *
 * <p>Times are those of the steps; writing checkpoints and snapshots between them does not count. The bound counts matrix products
 * only: with {@code L} layers, {@code m} of them trained, {@code s} the supervised share, a forward pass of one layer over all
 * tokens as the unit, {@code q} the share of a layer that is needed at supervised tokens only (everything but K and V) when it is the last,
 *
 * <pre>
 *   top  = 3·(m - 1) + 3·(1 - q + q·s) + head       head = s · 2·V·d / (weights of a layer)
 *   once = L - m + top                              bound = E·once / (once + (E - 1)·top)
 * </pre>
 */
public final class FrozenLayers {

    private FrozenLayers() {}

    public static void main(String[] args) throws IOException {
        Shape shape = Shape.named(args.length > 0 ? args[0] : "smollm2-135m");
        double share = args.length > 1 ? Double.parseDouble(args[1]) : 0.25;
        int rows = args.length > 2 ? Integer.parseInt(args[2]) : 16;
        int batch = args.length > 3 ? Integer.parseInt(args[3]) : 8;
        int epochs = args.length > 4 ? Integer.parseInt(args[4]) : 5;
        int threads = args.length > 5 ? Integer.parseInt(args[5]) : Torch.availableThreads();
        boolean processorTime = args.length > 6 && args[6].equals("cpu");
        int runs = args.length > 7 ? Integer.parseInt(args[7]) : 3;
        LongSupplier clock =
                processorTime ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime;
        List<TokenizedExample> examples = RowSource.drawn(shape, share, rows);
        double bound = bound(shape.spec(), share, epochs);
        double[] ratios = new double[runs];
        for (int run = 0; run < runs; run++) {
            double uncached = seconds(shape, examples, batch, epochs, threads, clock, 0);
            double cached = seconds(shape, examples, batch, epochs, threads, clock, 1L << 40);
            ratios[run] = uncached / cached;
            System.out.printf(Locale.ROOT, "run %d: %.1f s, cached %.1f s%n", run + 1, uncached, cached);
        }
        Arrays.sort(ratios);
        System.out.printf(
                Locale.ROOT,
                "| %s | %d of %d | %.0f %% | %d × %d rows | %d %s | %.2f (%.2f to %.2f) | %.2f | %.2f |%n",
                shape.name(),
                quarter(shape.spec()),
                shape.spec().layers(),
                100 * share,
                epochs,
                rows,
                threads,
                processorTime ? "cpu" : "wall",
                ratios[runs / 2],
                ratios[0],
                ratios[runs - 1],
                bound,
                ratios[runs / 2] / bound);
    }

    private static int quarter(DecoderSpec spec) {
        return Tuning.lastLayers(0).layersOf(spec);
    }

    private static double bound(DecoderSpec spec, double share, int epochs) {
        double layer = 0;
        double everywhere = 0;
        for (Projection projection : Projection.of(spec)) {
            double weights = (double) projection.inputs(spec) * projection.outputs(spec);
            layer += weights;
            everywhere += projection == Projection.KEY || projection == Projection.VALUE ? weights : 0;
        }
        double narrow = 1 - everywhere / layer;
        int trained = quarter(spec);
        double head = share * 2 * spec.vocabulary() * spec.width() / layer;
        double top = 3.0 * (trained - 1) + 3 * (1 - narrow + narrow * share) + head;
        double once = spec.layers() - trained + top;
        return epochs * once / (once + (epochs - 1) * top);
    }

    private static double seconds(
            Shape shape,
            List<TokenizedExample> rows,
            int batch,
            int epochs,
            int threads,
            LongSupplier clock,
            long cacheBytes)
            throws IOException {
        Tuning tuning = new Tuning(TrainingMethod.LAST_LAYERS, List.of(), 1, quarter(shape.spec()), cacheBytes);
        long[] mark = new long[1];
        List<Long> steps = new ArrayList<>();
        new RandomRun(shape, rows, batch, threads, TrainingPath.FAST, 0)
                .run(
                        event -> {
                            long now = clock.getAsLong();
                            if (event instanceof RunEvent.StepDone) {
                                steps.add(now - mark[0]);
                            }
                            mark[0] = now;
                        },
                        () -> mark[0] = clock.getAsLong(),
                        epochs,
                        tuning);
        return steps.stream().mapToLong(Long::longValue).sum() / 1e9;
    }
}
