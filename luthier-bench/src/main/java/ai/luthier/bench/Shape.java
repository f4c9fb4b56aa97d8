package ai.luthier.bench;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.Projection;
import java.util.List;

/**
 * The shape of a model that is measured with random weights.
 *
 * @param name under which it is asked for
 * @param spec what it computes
 */
record Shape(String name, DecoderSpec spec) {

    private static final List<Shape> ALL = List.of(
            new Shape("smollm2-135m", DecoderSpec.llama(49_152, 576, 1_536, 30, 9, 3, 2_048)),
            new Shape("qwen2.5-0.5b", DecoderSpec.llama(151_936, 896, 4_864, 24, 14, 2, 2_048)),
            new Shape("nano", DecoderSpec.llama(4_096, 256, 688, 5, 4, 4, 2_048)));

    static Shape named(String name) {
        return ALL.stream()
                .filter(shape -> shape.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Operations that training with LoRA cannot do without, of one example of {@code length} tokens: a frozen weight is used
     * forward and for the gradient of its input, a factor of LoRA for its own gradient too, attention likewise; the head at
     * supervised tokens only. Padding and recomputation count nothing.
     *
     * <pre>  length·(4·P_frozen + 6·P_lora + 6·L·length·d_attention) + supervised·4·V·d</pre>
     */
    double usefulOperations(int length, int supervised, int rank) {
        double frozen = 0;
        double lora = 0;
        for (Projection projection : Projection.values()) {
            frozen += (double) spec.layers() * projection.inputs(spec) * projection.outputs(spec);
            lora += (double) spec.layers() * rank * (projection.inputs(spec) + projection.outputs(spec));
        }
        double attention = 6.0 * spec.layers() * length * spec.heads() * spec.headWidth();
        return length * (4 * frozen + 6 * lora + attention) + supervised * 4.0 * spec.vocabulary() * spec.width();
    }
}
