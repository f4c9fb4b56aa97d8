package ai.luthier.engine.gguf;

import ai.luthier.engine.model.DecoderSpec;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The mixtures of types that a file can be written in, each with the choices of {@code llama-quantize} [1]: vectors stay fp32; a head
 * that is the embedding too, and in Q4_K_M the values of attention and the way down of every third layer and of the outer eighths,
 * get more bits; rows that are no whole number of blocks get a type with smaller blocks, in the end fp16.
 *
 * <p>[1] llama.cpp, {@code src/llama-quant.cpp}, {@code llama_tensor_get_type_impl} and {@code tensor_type_fallback}.
 */
public enum Quantization {
    F16(1, GgmlType.F16),
    BF16(32, GgmlType.BF16),
    Q8_0(7, GgmlType.Q8_0),
    Q4_0(2, GgmlType.Q4_0),
    Q4_K_M(15, GgmlType.Q4_K);

    private final int fileType;
    private final GgmlType most;

    Quantization(int fileType, GgmlType most) {
        this.fileType = fileType;
        this.most = most;
    }

    /** The value of {@code general.file_type}. */
    public int fileType() {
        return fileType;
    }

    /** {@code q4_k_m} and so on: the spelling of options and of file names. */
    public String option() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether weights keep a float of 16 bits. */
    public boolean lossless() {
        return !most.quantised();
    }

    public static Optional<Quantization> of(String option) {
        return Arrays.stream(values())
                .filter(one -> one.option().equals(option))
                .findFirst();
    }

    /**
     * The type of one weight.
     *
     * @param name llama.cpp's
     * @param shape as Hugging Face orders it
     * @param spec of the model
     */
    public GgmlType type(String name, long[] shape, DecoderSpec spec) {
        if (shape.length == 1) {
            return GgmlType.F32;
        }
        if (lossless()) {
            return most;
        }
        long columns = shape[shape.length - 1];
        return fitting(wanted(name, columns, spec.layers(), spec.tiedHead()), columns);
    }

    private GgmlType wanted(String name, long columns, int layers, boolean tiedHead) {
        if (name.equals("output.weight") || (tiedHead && name.equals("token_embd.weight"))) {
            return most == GgmlType.Q8_0 || columns % most.blockElements() != 0 ? GgmlType.Q8_0 : GgmlType.Q6_K;
        }
        boolean sensitive = name.endsWith(".attn_v.weight") || name.endsWith(".ffn_down.weight");
        if (this == Q4_K_M && sensitive && moreBits(Integer.parseInt(name.split("\\.", -1)[1]), layers)) {
            return GgmlType.Q6_K;
        }
        return most;
    }

    private static boolean moreBits(int layer, int layers) {
        return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
    }

    private static GgmlType fitting(GgmlType wanted, long columns) {
        if (columns % wanted.blockElements() == 0) {
            return wanted;
        }
        GgmlType smaller = switch (wanted) {
            case Q4_K -> GgmlType.Q5_0;
            case Q6_K -> GgmlType.Q8_0;
            case F32, F16, BF16, Q4_0, Q5_0, Q8_0 -> wanted;
        };
        return columns % smaller.blockElements() == 0 ? smaller : GgmlType.F16;
    }
}
