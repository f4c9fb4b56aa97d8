package ai.luthier.engine.train.memory;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.memory.MemoryEstimate.Part;
import java.util.List;

/**
 * What a run takes in any case, in bytes, and what its {@linkplain #pass passes} take: the one place where the two are reckoned, for
 * those who ask before a run ({@link TrainingMemory}) and for the run itself ({@link MemoryBudget}).
 *
 * <pre>
 *   process      JVM, libtorch's pages, oneDNN's kernels; grows with nothing
 *   examples     ids and masks of every row, in the Java heap
 *   weights      as mapped, or converted where the file holds another type
 *   factors      fp32: values 4·P, two moments 8·P, gradients 4·P a lane; in bf16 once more for the passes, 2·P a lane; LoRA+ rates 4·P
 *   or weights   fp32: values 4·P, two moments 8·P, gradients 4·P a lane; in bf16 once more 2·P, and autograd's gradients 2·P
 *   update       fp32: the root of the second moment 4·P; LoRA+ 4·P more
 * </pre>
 *
 * @param spec of the base
 * @param dtype of weights and activations as they are computed with
 * @param stored type of the weights in their file
 * @param trained what changes
 * @param path {@code FAST} or {@code REFERENCE}
 * @param lanes that compute passes side by side
 * @param fileTokens of all examples
 */
public record RunMemory(
        DecoderSpec spec, Dtype dtype, Dtype stored, Trained trained, TrainingPath path, int lanes, long fileTokens) {

    /** An id and a mask, in a heap that the collector keeps a third larger than what lives in it. */
    private static final long BYTES_OF_A_TOKEN = 8;

    public RunMemory {
        if (path == TrainingPath.AUTO || lanes < 1 || fileTokens < 0) {
            throw new IllegalArgumentException(
                    "no run has the path " + path + ", " + lanes + " lanes and " + fileTokens + " tokens");
        }
    }

    /** A pass of so many tokens, in rows of up to {@code longest}. */
    public PassMemory pass(long tokens, int longest) {
        return new PassMemory(this, tokens, longest);
    }

    /** Bytes whatever passes do. */
    long standing() {
        return standingParts().stream().mapToLong(Part::bytes).sum();
    }

    List<Part> standingParts() {
        return List.of(
                new Part("the process itself", RunDefaults.PROCESS_BYTES),
                new Part("the examples", BYTES_OF_A_TOKEN * fileTokens),
                new Part("the weights", spec.parameters() * dtype.bytes()),
                new Part(
                        trained.weights()
                                ? "what is trained of them, gradients and the optimiser"
                                : "the adapter and its optimiser",
                        trained.numbers() * bytesOfANumber()),
                new Part("an update at once", update()));
    }

    /** The root of the second moment and, for rates, the scaled first one: in one piece, which fits into no hole that passes leave. */
    private long update() {
        return trained.numbers() * Dtype.FP32.bytes() * (trained.rates() ? 2 : 1);
    }

    private long bytesOfANumber() {
        long wide = Dtype.FP32.bytes();
        long each = 3 * wide + lanes * wide + (trained.rates() ? wide : 0);
        if (dtype == Dtype.FP32) {
            return each; // passes compute with the values themselves
        }
        if (!trained.weights()) {
            return each + (long) lanes * dtype.bytes();
        }
        return each + dtype.bytes() + (path == TrainingPath.REFERENCE ? dtype.bytes() : 0);
    }

    /** Bytes of the conversion of one weight, while the base is loaded and no pass runs. */
    long conversion() {
        return stored == dtype ? 0 : (long) spec.vocabulary() * spec.width() * stored.bytes();
    }
}
