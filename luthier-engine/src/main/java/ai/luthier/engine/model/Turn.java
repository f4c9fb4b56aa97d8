package ai.luthier.engine.model;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** What happens to the heads of queries or keys before they meet: they are turned and scaled, or only scaled. */
sealed interface Turn permits RotaryTable, Turn.Scale {

    /** Every head: {@code [T, heads, h]} to the same shape. */
    Tensor turn(Tensor x);

    /** Multiplies only: a layer without rope, or a model with learned positions. */
    record Scale(double factor) implements Turn {

        @Override
        public Tensor turn(Tensor x) {
            return factor == 1 ? x : x.mul(new Scalar(factor));
        }
    }
}
