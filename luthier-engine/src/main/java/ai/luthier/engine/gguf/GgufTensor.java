package ai.luthier.engine.gguf;

import java.util.Arrays;

/**
 * A tensor in a GGUF file.
 *
 * @param shape as Hugging Face orders it, {@code [rows, columns]} or {@code [n]}; files hold it the other way round
 * @param begin first byte, counted from the beginning of the data part
 */
public record GgufTensor(String name, GgmlType type, long[] shape, long begin) {

    public GgufTensor {
        shape = shape.clone();
        if (shape.length == 0 || shape[shape.length - 1] % type.blockElements() != 0) {
            throw new IllegalArgumentException(
                    name + " of shape " + Arrays.toString(shape) + " has no whole blocks of " + type);
        }
    }

    /** Elements of a row, the last dimension. */
    public long columns() {
        return shape[shape.length - 1];
    }

    /** How many rows: the product of the other dimensions, 1 for a vector. */
    public long rows() {
        return elements() / columns();
    }

    public long elements() {
        long elements = 1;
        for (long size : shape) {
            elements = Math.multiplyExact(elements, size);
        }
        return elements;
    }

    /** Length in the file, without what fills up to the next tensor. */
    public long bytes() {
        return type.bytes(elements());
    }

    long end() {
        return Math.addExact(begin, bytes());
    }
}
