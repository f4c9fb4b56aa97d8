package ai.luthier.bench;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.fast.Optimisation;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.GradientTrial;
import ai.luthier.text.tokens.TokenizedExample;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What each optimisation of the fast path is worth: {@code Ablation SHAPE SUPERVISED_SHARE ROWS ROUNDS THREADS wall|cpu [LAYERS]}.
 *
 * <p>Loss and gradients of one batch (LoRA r = 16, bf16, rows of 256 to 512 random tokens) by the reference, by the plain hand-written
 * backward pass, by that with one optimisation after the other, and by all of them but one or with one that is off by default. Every round computes all of these
 * one after the other, and what is compared is the time of a variant with the reference's in the same round: the median of
 * these ratios and the whole spread. So other work on the machine disturbs all alike; with one thread and its processor time
 * ({@code 1 cpu}) it disturbs least. The first round warms up and does not count.
 */
public final class Ablation {

    private static final int RANK = 16;
    private static final int MAX_TOKENS = 2048;

    private Ablation() {}

    /** See the class. */
    public static void main(String[] args) {
        Shape shape = Shape.named(args.length > 0 ? args[0] : "smollm2-135m");
        double share = args.length > 1 ? Double.parseDouble(args[1]) : 0.25;
        int rows = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 5;
        int threads = args.length > 4 ? Integer.parseInt(args[4]) : 1;
        boolean processorTime = args.length <= 5 || args[5].equals("cpu");
        LongSupplier clock =
                processorTime ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime;
        int layers = args.length > 6 ? Integer.parseInt(args[6]) : shape.spec().layers();
        Torch.threads(threads);
        run(shape.withLayers(layers), RowSource.drawn(shape, share, rows), rounds, clock);
    }

    /** By name, in the order of the table; the reference, which has no options, first. */
    private static Map<String, Optional<FastOptions>> variants() {
        Map<String, Optional<FastOptions>> variants = new LinkedHashMap<>();
        variants.put("reference (autograd)", Optional.empty());
        FastOptions growing = FastOptions.PLAIN;
        variants.put("backward pass by hand", Optional.of(growing));
        for (Optimisation next : FastOptions.DEFAULTS.on()) {
            growing = growing.with(next);
            variants.put("+ " + name(next), Optional.of(growing));
        }
        for (Optimisation one : Optimisation.values()) {
            if (FastOptions.DEFAULTS.on().contains(one)) {
                variants.put("all of these without " + name(one), Optional.of(FastOptions.DEFAULTS.without(one)));
            } else {
                variants.put("all of these and " + name(one), Optional.of(FastOptions.DEFAULTS.with(one)));
            }
        }
        return variants;
    }

    private static String name(Optimisation optimisation) {
        return optimisation.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static void run(DecoderSpec spec, List<TokenizedExample> rows, int rounds, LongSupplier clock) {
        Map<String, List<Double>> ratios = new LinkedHashMap<>();
        try (Decoder decoder = new Decoder(DecoderWeights.random(spec, Dtype.BF16, 0.02, 1));
                LoraAdapter adapter = LoraAdapter.fresh(spec, LoraSpec.everyProjection(RANK, 2 * RANK), 1)) {
            for (int round = 0; round <= rounds; round++) {
                double reference = 0;
                for (Map.Entry<String, Optional<FastOptions>> variant :
                        variants().entrySet()) {
                    double time = time(decoder, adapter, rows, variant.getValue(), clock);
                    reference = variant.getValue().isEmpty() ? time : reference;
                    if (round > 0) {
                        ratios.computeIfAbsent(variant.getKey(), _ -> new ArrayList<>())
                                .add(reference / time);
                    }
                }
            }
        }
        System.out.println("| variant | speed ÷ reference, median | lowest to highest |");
        System.out.println("|---|---|---|");
        ratios.forEach((name, values) -> {
            List<Double> sorted = values.stream().sorted().toList();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.3f | %.3f to %.3f |%n",
                    name,
                    sorted.get(sorted.size() / 2),
                    sorted.getFirst(),
                    sorted.getLast());
        });
    }

    private static double time(
            Decoder decoder,
            LoraAdapter adapter,
            List<TokenizedExample> rows,
            Optional<FastOptions> options,
            LongSupplier clock) {
        try (GradientTrial trial = options.isPresent()
                ? GradientTrial.fast(decoder, adapter, MAX_TOKENS, false, options.get())
                : GradientTrial.reference(decoder, adapter, MAX_TOKENS, false)) {
            long start = clock.getAsLong();
            double loss = trial.run(rows);
            long end = clock.getAsLong();
            if (!Double.isFinite(loss)) {
                throw new IllegalStateException("the loss is " + loss);
            }
            return end - start;
        }
    }
}
