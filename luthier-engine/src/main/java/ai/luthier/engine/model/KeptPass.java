package ai.luthier.engine.model;

import ai.luthier.engine.tensor.Autograd;
import org.bytedeco.pytorch.Tensor;

/** Autograd keeps every activation until the backward pass: fastest, and the reference for the other ways. */
record KeptPass(Tensor recorded) implements TrainingPass {

    @Override
    public Tensor hidden() {
        return recorded.detach();
    }

    @Override
    public void backward(Tensor hiddenGradient) {
        Autograd.backward(recorded, hiddenGradient);
    }
}
