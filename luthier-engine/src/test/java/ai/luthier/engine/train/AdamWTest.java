package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.engine.tensor.Tensors;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class AdamWTest {

    /** Three updates against the formula in double precision. */
    @Test
    void follows_theFormula() {
        float[] start = {1, -2, 0.5f};
        float[][] gradients = {{0.1f, -3, 0}, {0.2f, 5, 1e-4f}, {-0.7f, 0, -1e-4f}};
        try (PointerScope _ = new PointerScope();
                AdamW optimizer = new AdamW(3, 0.1)) {
            Tensor values = Tensors.floats(start, 3);
            double[] m = new double[3];
            double[] v = new double[3];
            double[] p = {1, -2, 0.5};
            for (int t = 1; t <= 3; t++) {
                double rate = 0.01 * t;
                optimizer.update(values, Tensors.floats(gradients[t - 1], 3), rate);
                for (int i = 0; i < 3; i++) {
                    double g = gradients[t - 1][i];
                    m[i] = 0.9 * m[i] + 0.1 * g;
                    v[i] = 0.999 * v[i] + 0.001 * g * g;
                    double first = m[i] / (1 - Math.pow(0.9, t));
                    double second = v[i] / (1 - Math.pow(0.999, t));
                    p[i] = p[i] * (1 - rate * 0.1) - rate * first / (Math.sqrt(second) + 1e-8);
                }
            }
            float[] actual = Tensors.toFloats(values);
            for (int i = 0; i < 3; i++) {
                assertThat((double) actual[i]).isCloseTo(p[i], within(1e-6));
            }
        }
    }

    /** torch clips by max / (norm + 1e-6), never scales up, and reports the norm before. */
    @Test
    void clipping_scalesDownOnly() {
        try (PointerScope _ = new PointerScope()) {
            Tensor large = Tensors.floats(new float[] {3, 4}, 2);
            assertThat(GradientNorm.clip(large, 1)).isCloseTo(5, within(1e-6));
            assertThat(Tensors.toFloats(large)).containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
            Tensor small = Tensors.floats(new float[] {0.3f, 0.4f}, 2);
            assertThat(GradientNorm.clip(small, 1)).isCloseTo(0.5, within(1e-6));
            assertThat(Tensors.toFloats(small)).containsExactly(0.3f, 0.4f);
        }
    }

    /** transformers' get_linear_schedule_with_warmup(optimizer, 2, 6): 0, 1/2, 1, 3/4, 2/4, 1/4 of the peak. */
    @Test
    void rate_risesAndFalls_asTransformersSchedule() {
        LearningRate rate = LearningRate.withWarmupRatio(8, 0.25, 6);
        assertThat(IntStream.range(0, 6).mapToDouble(rate::at)).containsExactly(0.0, 4.0, 8.0, 6.0, 4.0, 2.0);
        assertThat(LearningRate.withWarmupRatio(8, 0, 4).at(0)).isEqualTo(8);
    }
}
