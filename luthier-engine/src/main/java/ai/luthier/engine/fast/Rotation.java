package ai.luthier.engine.fast;

import ai.luthier.engine.model.RotaryTable;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary embedding there and back, from any layout into any layout.
 *
 * <pre>
 *   y  =  x ⊙ cos + roll(x) ⊙ sin'       roll exchanges the halves of a head, sin' is negative in the first
 *   dx = dy ⊙ cos - roll(dy) ⊙ sin'      the turn by the opposite angle
 * </pre>
 */
final class Rotation {

    private Rotation() {}

    /** Writes {@code y} into {@code target}; it and {@code x} are {@code [T, K, G, h]}. */
    static void apply(RotaryTable table, Tensor x, Tensor target) {
        turn(table, x, target, 1);
    }

    /** Writes {@code dx} into {@code target}; it and {@code dy} are {@code [T, K, G, h]}. */
    static void backward(RotaryTable table, Tensor gradient, Tensor target) {
        turn(table, gradient, target, -1);
    }

    private static void turn(RotaryTable table, Tensor x, Tensor target, double direction) {
        Tensor cosine = table.cosine().unsqueeze(1); // [T, 1, 1, h]
        Tensor sine = table.sine().unsqueeze(1); // [T, 1, 1, h]
        torch.mul_out(target, x, cosine);
        Tensor swapped = torch.roll(x, new long[] {x.size(3) / 2}, 3); // [T, K, G, h]
        target.addcmul_(swapped, sine, new Scalar(direction));
    }
}
