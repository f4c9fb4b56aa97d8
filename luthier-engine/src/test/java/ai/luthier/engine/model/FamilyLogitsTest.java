package ai.luthier.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.FamilyFixture;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family's logits are those of transformers: fp32, 64 positions, beyond windows and original contexts. */
@Tag("golden")
class FamilyLogitsTest {

    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @MethodSource("ai.luthier.engine.FamilyFixture#all")
    void logits_areThoseOfTransformers(FamilyFixture family) throws IOException {
        float[] expected = family.logits();
        try (Decoder decoder = family.model().decoder(Dtype.FP32);
                PointerScope _ = new PointerScope()) {
            float[] logits = Scopes.withoutGradients(
                    () -> Tensors.toFloats(decoder.logits(decoder.hidden(Rows.of(family.ids("ids")), Adapter.NONE))));
            assertThat(logits).hasSameSizeAs(expected);
            double worst = 0;
            for (int i = 0; i < logits.length; i++) {
                worst = Math.max(worst, Math.abs(logits[i] - expected[i]));
            }
            family.note("logits", worst);
            assertThat(worst).isLessThan(TOLERANCE);
        }
    }

    /** What is held in bf16 differs by rounding, not by kind: the same token is the likeliest nearly everywhere. */
    @ParameterizedTest
    @MethodSource("ai.luthier.engine.FamilyFixture#all")
    void inBf16_nearlyTheSame(FamilyFixture family) throws IOException {
        float[] expected = family.logits();
        try (Decoder decoder = family.model().decoder(Dtype.BF16);
                PointerScope _ = new PointerScope()) {
            float[] logits = Scopes.withoutGradients(
                    () -> Tensors.toFloats(decoder.logits(decoder.hidden(Rows.of(family.ids("ids")), Adapter.NONE))));
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < logits.length; i++) {
                sum += Math.pow(logits[i] - expected[i], 2);
                squares += Math.pow(expected[i], 2);
            }
            assertThat(Math.sqrt(sum / squares)).isLessThan(0.05);
        }
    }
}
