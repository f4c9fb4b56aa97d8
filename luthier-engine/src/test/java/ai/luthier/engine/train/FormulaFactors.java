package ai.luthier.engine.train;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;

/** Factors of rank 2 that the oracles' scripts compute by the same formula, so that no fixture has to hold them. */
final class FormulaFactors {

    private FormulaFactors() {}

    /** {@code A = sin(i + 1) / √in}, {@code B = 0.05·cos(i + 1)}, i counted through each factor. */
    static void fill(LoraAdapter adapter, DecoderSpec spec) {
        float[] values = new float[(int) adapter.parameters()];
        int at = 0;
        for (int layer = 0; layer < spec.layers(); layer++) {
            for (Projection projection : Projection.of(spec)) {
                int in = projection.inputs(spec);
                for (int i = 0; i < 2 * in; i++) {
                    values[at++] = (float) (Math.sin(i + 1.0) / Math.sqrt(in));
                }
                for (int i = 0; i < 2 * projection.outputs(spec); i++) {
                    values[at++] = (float) (0.05 * Math.cos(i + 1.0));
                }
            }
        }
        try (PointerScope _ = new PointerScope()) {
            Scopes.withoutGradients(() -> adapter.values().copy_(Tensors.floats(values, values.length)));
        }
    }
}
