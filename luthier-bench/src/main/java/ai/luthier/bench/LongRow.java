package ai.luthier.bench;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.GradientTrial;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Loss and gradients of one long row on the fast path (LoRA r = 16, bf16, the last quarter supervised), and the memory that they
 * took: {@code LongRow SHAPE TOKENS THREADS [LAYERS]}.
 */
public final class LongRow {

    private LongRow() {}

    /** See the class. */
    public static void main(String[] args) throws IOException {
        Shape shape = Shape.named(args.length > 0 ? args[0] : "smollm2-135m");
        int tokens = args.length > 1 ? Integer.parseInt(args[1]) : 16_384;
        Torch.threads(args.length > 2 ? Integer.parseInt(args[2]) : 1);
        DecoderSpec spec = shape.withLayers(
                args.length > 3 ? Integer.parseInt(args[3]) : shape.spec().layers());
        boolean[] supervised = new boolean[tokens];
        Arrays.fill(supervised, tokens - tokens / 4, tokens, true);
        int[] ids = new Random(1).ints(tokens, 3, spec.vocabulary()).toArray();
        try (Decoder decoder = new Decoder(DecoderWeights.random(spec, Dtype.BF16, 0.02, 1));
                LoraAdapter adapter = LoraAdapter.fresh(spec, LoraSpec.everyProjection(16, 32), 1);
                GradientTrial trial = GradientTrial.fast(decoder, adapter, 2048, false, FastOptions.DEFAULTS)) {
            long before = Memory.peakMegabytes();
            long start = System.nanoTime();
            double loss = trial.run(List.of(new TokenizedExample(ids, supervised)));
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d | %d | %.3f | %.0f s | %d | %d |%n",
                    shape.name(),
                    spec.layers(),
                    tokens,
                    loss,
                    (System.nanoTime() - start) / 1e9,
                    before,
                    Memory.peakMegabytes());
        }
    }
}
