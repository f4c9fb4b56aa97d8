package ai.luthier.engine.model;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary position embedding [1] in the rotate-half layout of Hugging Face: component {@code i} of a head is paired with
 * {@code i + h/2} and the pair turned by {@code p·θ^(-2i/h)} at position {@code p}.
 *
 * <p>With {@code roll} exchanging the two halves, the turn is {@code x ⊙ cos + roll(x) ⊙ sin'}, where {@code sin'} carries
 * the minus sign of its first half: no slicing, no concatenation. Attention's factor {@code 1/√h} is folded into the
 * queries' copy of the tables, which saves a pass over the scores.
 *
 * <p>[1] Su et al., RoFormer: Enhanced Transformer with Rotary Position Embedding, 2021.
 *
 * @param cosine {@code [T, 1, h]}
 * @param sine {@code [T, 1, h]}, the first half negated
 */
public record RotaryTable(Tensor cosine, Tensor sine) {

    /** The table for tokens at the given positions, every angle computed in double precision and rounded once. */
    public static RotaryTable at(int[] positions, DecoderSpec spec, double factor, Dtype dtype) {
        int half = spec.headWidth() / 2;
        int h = spec.headWidth();
        float[] cosine = new float[positions.length * h];
        float[] sine = new float[positions.length * h];
        double[] frequency = new double[half];
        for (int i = 0; i < half; i++) {
            frequency[i] = Math.pow(spec.ropeTheta(), -2.0 * i / h);
        }
        for (int t = 0; t < positions.length; t++) {
            for (int i = 0; i < half; i++) {
                double angle = positions[t] * frequency[i];
                float cos = (float) (factor * Math.cos(angle));
                float sin = (float) (factor * Math.sin(angle));
                cosine[t * h + i] = cos;
                cosine[t * h + half + i] = cos;
                sine[t * h + i] = -sin;
                sine[t * h + half + i] = sin;
            }
        }
        return new RotaryTable(
                Tensors.floats(cosine, positions.length, 1, h).to(dtype.scalarType()),
                Tensors.floats(sine, positions.length, 1, h).to(dtype.scalarType()));
    }

    /** Turns every head: {@code [T, heads, h]} to the same shape. */
    Tensor turn(Tensor x) {
        long half = x.size(2) / 2;
        Tensor swapped = torch.roll(x, new long[] {half}, 2); // [T, heads, h]
        return torch.addcmul(x.mul(cosine), swapped, sine);
    }
}
