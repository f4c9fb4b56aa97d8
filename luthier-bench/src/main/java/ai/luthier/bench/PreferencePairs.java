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
import ai.luthier.engine.train.DpoSpec;
import ai.luthier.engine.train.GradientTrial;
import ai.luthier.text.tokens.TokenizedPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * What it is worth to compute the prompt of a preference pair once: {@code PreferencePairs SHAPE PROMPT ANSWER PAIRS ROUNDS [LAYERS]},
 * for steps of {@code PAIRS} pairs of a prompt of {@code PROMPT} tokens and two answers of {@code ANSWER}.
 *
 * <p>One thread and its processor time, forward and backward, the reference's scores being there; every round computes both ways
 * one after the other, the first does not count. The bound is the ratio of the tokens computed, which leaves out that both answers
 * attend to the prompt's keys, and that the head is taken at their tokens, all the same.
 */
public final class PreferencePairs {

    private PreferencePairs() {}

    /** See the class. */
    public static void main(String[] args) {
        Shape shape = Shape.named(args.length > 0 ? args[0] : "smollm2-135m");
        int prompt = args.length > 1 ? Integer.parseInt(args[1]) : 512;
        int answer = args.length > 2 ? Integer.parseInt(args[2]) : 128;
        int count = args.length > 3 ? Integer.parseInt(args[3]) : 2;
        int rounds = args.length > 4 ? Integer.parseInt(args[4]) : 3;
        int layers = args.length > 5 ? Integer.parseInt(args[5]) : shape.spec().layers();
        Torch.threads(1);
        DecoderSpec spec = shape.withLayers(layers);
        List<TokenizedPair> pairs = pairs(spec, prompt, answer, count);
        List<Double> ratios = new ArrayList<>();
        double shared = Double.POSITIVE_INFINITY;
        try (Decoder decoder = new Decoder(DecoderWeights.random(spec, Dtype.BF16, 0.02, 1));
                LoraAdapter adapter = LoraAdapter.fresh(spec, LoraSpec.everyProjection(16, 32), 1);
                GradientTrial together = trial(decoder, adapter, FastOptions.DEFAULTS);
                GradientTrial apart =
                        trial(decoder, adapter, FastOptions.DEFAULTS.without(Optimisation.PREFIX_SHARING))) {
            DoubleSupplier stepTogether = together.pairs(pairs, DpoSpec.DEFAULTS);
            DoubleSupplier stepApart = apart.pairs(pairs, DpoSpec.DEFAULTS);
            for (int round = 0; round <= rounds; round++) {
                double slow = ProcessorTime.seconds(stepApart);
                double fast = ProcessorTime.seconds(stepTogether);
                if (round > 0) {
                    ratios.add(slow / fast);
                    shared = Math.min(shared, fast);
                }
            }
        }
        ratios.sort(null);
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %d + 2 × %d | %d | %.2f | %.2f to %.2f | %.2f | %.0f |%n",
                shape.name(),
                layers,
                prompt,
                answer,
                count,
                ratios.get(ratios.size() / 2),
                ratios.getFirst(),
                ratios.getLast(),
                2.0 * (prompt + answer) / (prompt + 2.0 * answer),
                count * (prompt + 2.0 * answer) / shared);
    }

    private static List<TokenizedPair> pairs(DecoderSpec spec, int prompt, int answer, int count) {
        Random random = new Random(1);
        List<TokenizedPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] shared = random.ints(prompt, 3, spec.vocabulary()).toArray();
            pairs.add(new TokenizedPair(
                    RowSource.after(shared, answer, answer, spec, random),
                    RowSource.after(shared, answer, answer, spec, random)));
        }
        return pairs;
    }

    private static GradientTrial trial(Decoder decoder, LoraAdapter adapter, FastOptions options) {
        return GradientTrial.fast(decoder, adapter, 4096, false, options);
    }
}
