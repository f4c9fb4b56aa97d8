package ai.luthier.engine.fast;

import ai.luthier.engine.model.RotaryTable;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary embedding there and back.
 *
 * <pre>
 *   y  =  x ⊙ cos + roll(x) ⊙ sin'       roll exchanges the halves of a head, sin' is negative in the first
 *   dx = dy ⊙ cos - roll(dy) ⊙ sin'      the turn by the opposite angle
 * </pre>
 */
final class Rotation {

    private Rotation() {}

    /** {@code y} of {@code x} {@code [T, heads, h]}, contiguous. */
    static Tensor apply(RotaryTable table, Tensor x) {
        return x.mul(table.cosine()).addcmul_(roll(x), table.sine());
    }

    /** Writes {@code dx} into {@code target}; both {@code [T, heads, h]}. */
    static void backward(RotaryTable table, Tensor gradient, Tensor target) {
        torch.mul_out(target, gradient, table.cosine());
        target.addcmul_(roll(gradient), table.sine(), new Scalar(-1.0));
    }

    private static Tensor roll(Tensor x) {
        return torch.roll(x, new long[] {x.size(2) / 2}, 2);
    }
}
