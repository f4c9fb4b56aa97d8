package ai.luthier.engine.tensor;

import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The element types of weights, with the names that safetensors and Hugging Face give them. */
public enum Dtype {
    FP32("F32", 4, ScalarType.Float),
    FP16("F16", 2, ScalarType.Half),
    BF16("BF16", 2, ScalarType.BFloat16);

    private final String safetensorsName;
    private final int bytes;
    private final ScalarType scalarType;

    Dtype(String safetensorsName, int bytes, ScalarType scalarType) {
        this.safetensorsName = safetensorsName;
        this.bytes = bytes;
        this.scalarType = scalarType;
    }

    /** The value of {@code dtype} in a safetensors header. */
    public String safetensorsName() {
        return safetensorsName;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** libtorch's name of this type. */
    public ScalarType scalarType() {
        return scalarType;
    }

    /** {@code fp32}, {@code fp16} or {@code bf16}: the spelling of settings and of JSON files. */
    public String setting() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Dtype> ofSafetensors(String name) {
        for (Dtype dtype : values()) {
            if (dtype.safetensorsName.equals(name)) {
                return Optional.of(dtype);
            }
        }
        return Optional.empty();
    }

    /** The type of a tensor of weights; an {@link IllegalArgumentException} for integers and the like. */
    public static Dtype of(Tensor tensor) {
        // JavaCPP hands out a fresh enum value that has to be interned before it can be compared.
        ScalarType type = tensor.scalar_type().intern();
        for (Dtype dtype : values()) {
            if (dtype.scalarType == type) {
                return dtype;
            }
        }
        throw new IllegalArgumentException("not a type of weights: " + type);
    }
}
