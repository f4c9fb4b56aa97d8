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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What it is worth to compute a system prompt once: {@code SharedPrompt SHAPE PROMPT ROW ROWS ROUNDS [LAYERS]}, for {@code ROWS} rows of
 * {@code PROMPT + ROW} tokens, of which the last half of {@code ROW} is supervised.
 *
 * <p>One thread and its processor time; every round computes both ways one after the other, the first does not count. The bound is
 * the ratio of the tokens computed, which leaves out that the prompt's keys are attended to by every row all the same.
 */
public final class SharedPrompt {

    private SharedPrompt() {}

    /** See the class. */
    public static void main(String[] args) {
        Shape shape = Shape.named(args.length > 0 ? args[0] : "smollm2-135m");
        int prompt = args.length > 1 ? Integer.parseInt(args[1]) : 1000;
        int row = args.length > 2 ? Integer.parseInt(args[2]) : 200;
        int count = args.length > 3 ? Integer.parseInt(args[3]) : 8;
        int rounds = args.length > 4 ? Integer.parseInt(args[4]) : 3;
        int layers = args.length > 5 ? Integer.parseInt(args[5]) : shape.spec().layers();
        Torch.threads(1);
        DecoderSpec spec = shape.withLayers(layers);
        List<TokenizedExample> rows = rows(spec, prompt, row, count);
        List<Double> ratios = new ArrayList<>();
        try (Decoder decoder = new Decoder(DecoderWeights.random(spec, Dtype.BF16, 0.02, 1));
                LoraAdapter adapter = LoraAdapter.fresh(spec, LoraSpec.everyProjection(16, 32), 1)) {
            for (int round = 0; round <= rounds; round++) {
                FastOptions apart = FastOptions.DEFAULTS.without(Optimisation.PREFIX_SHARING);
                double ratio =
                        seconds(decoder, adapter, rows, apart) / seconds(decoder, adapter, rows, FastOptions.DEFAULTS);
                if (round > 0) {
                    ratios.add(ratio);
                }
            }
        }
        ratios.sort(null);
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %d + %d | %d | %.2f | %.2f to %.2f | %.2f |%n",
                shape.name(),
                layers,
                prompt,
                row,
                count,
                ratios.get(ratios.size() / 2),
                ratios.getFirst(),
                ratios.getLast(),
                (double) count * (prompt + row) / (prompt + (double) count * row));
    }

    private static List<TokenizedExample> rows(DecoderSpec spec, int prompt, int row, int count) {
        Random random = new Random(1);
        int[] shared = random.ints(prompt, 3, spec.vocabulary()).toArray();
        List<TokenizedExample> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(RowSource.after(shared, row, row - row / 2, spec, random));
        }
        return rows;
    }

    private static double seconds(
            Decoder decoder, LoraAdapter adapter, List<TokenizedExample> rows, FastOptions options) {
        try (GradientTrial trial = GradientTrial.fast(decoder, adapter, 4096, false, options)) {
            return ProcessorTime.seconds(() -> trial.run(rows));
        }
    }
}
