package ai.luthier.bench;

import ai.luthier.engine.model.DecoderSpec;
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
            new Shape("nano", DecoderSpec.llama(4_096, 192, 512, 6, 6, 6, 2_048)));

    /** The same with another number of layers. */
    DecoderSpec withLayers(int layers) {
        return DecoderSpec.llama(
                spec.vocabulary(),
                spec.width(),
                spec.feedForward(),
                layers,
                spec.heads(),
                spec.keyValueHeads(),
                spec.context());
    }

    static Shape named(String name) {
        return ALL.stream()
                .filter(shape -> shape.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
