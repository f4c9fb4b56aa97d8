package ai.luthier.engine.model;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary position embedding [1] in the rotate-half layout of Hugging Face: component {@code i} of the {@code r} leading ones
 * of a head is paired with {@code i + r/2} and the pair turned by {@code p·ω(i)} at position {@code p}. Mostly {@code r = h};
 * what lies behind {@code r} is not turned.
 *
 * <p>With {@code roll} exchanging the two halves, the turn is {@code x ⊙ cos + roll(x) ⊙ sin'}, where {@code sin'} carries
 * the minus sign of its first half: no slicing, no concatenation. Attention's factor {@code 1/√h} is folded into the
 * queries' copy of the tables, which saves a pass over the scores.
 *
 * <p>[1] Su et al., RoFormer: Enhanced Transformer with Rotary Position Embedding, 2021.
 *
 * @param cosine {@code [T, 1, r]}
 * @param sine {@code [T, 1, r]}, the first half negated
 * @param factor what every component is multiplied by, already within the tables
 */
public record RotaryTable(Tensor cosine, Tensor sine, double factor) implements Turn {

    /** The table for tokens at these positions; {@link IllegalArgumentException} where the rope depends on their rows' lengths. */
    public static RotaryTable at(int[] positions, RopeSpec rope, double factor, Dtype dtype) {
        if (rope.scaling().dependsOnLength()) {
            throw new IllegalArgumentException("this rope depends on the length of the row");
        }
        return at(new Places(positions, new int[positions.length]), rope, factor, dtype);
    }

    /**
     * The table for tokens at these places. Frequencies and angles are rounded to fp32 as in {@code transformers}, with which the
     * weights were trained: after a thousand tokens exact angles would be others.
     */
    static RotaryTable at(Places places, RopeSpec rope, double factor, Dtype dtype) {
        int r = rope.width();
        int half = r / 2;
        double size = factor * rope.scaling().magnitude();
        float[] cosine = new float[places.tokens() * r];
        float[] sine = new float[places.tokens() * r];
        double[] frequency = {};
        for (int t = 0; t < places.tokens(); t++) {
            if (t == 0 || places.lengths()[t] != places.lengths()[t - 1]) {
                frequency = rope.frequencies(places.lengths()[t]);
            }
            for (int i = 0; i < half; i++) {
                double angle = places.positions()[t] * (float) frequency[i];
                float cos = (float) (size * Math.cos(angle));
                float sin = (float) (size * Math.sin(angle));
                cosine[t * r + i] = cos;
                cosine[t * r + half + i] = cos;
                sine[t * r + i] = -sin;
                sine[t * r + half + i] = sin;
            }
        }
        return new RotaryTable(
                Tensors.floats(cosine, places.tokens(), 1, r).to(dtype.scalarType()),
                Tensors.floats(sine, places.tokens(), 1, r).to(dtype.scalarType()),
                factor);
    }

    @Override
    public Tensor turn(Tensor x) {
        long h = x.size(2);
        long r = cosine.size(2);
        Tensor turned = r == h ? x : x.narrow(2, 0, r); // [T, heads, r]
        Tensor swapped = torch.roll(turned, new long[] {r / 2}, 2); // [T, heads, r]
        turned = torch.addcmul(turned.mul(cosine), swapped, sine);
        if (r == h) {
            return turned;
        }
        Tensor rest = x.narrow(2, r, h - r); // [T, heads, h - r]
        return Tensors.concatenate(2, turned, factor == 1 ? rest : rest.mul(new Scalar(factor)));
    }
}
