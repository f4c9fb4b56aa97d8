package ai.luthier.engine.gguf;

import java.util.List;

/** A value of a GGUF file's metadata. Widths of numbers are those that llama.cpp asks for when written, and forgotten when read. */
public sealed interface GgufValue {

    record Text(String value) implements GgufValue {}

    /** Written as an unsigned number of 32 bits. */
    record Whole(long value) implements GgufValue {}

    /** Written as fp32. */
    record Real(double value) implements GgufValue {}

    record Flag(boolean value) implements GgufValue {}

    record Texts(List<String> values) implements GgufValue {

        public Texts {
            values = List.copyOf(values);
        }
    }

    /** Written as signed numbers of 32 bits. */
    record Wholes(List<Integer> values) implements GgufValue {

        public Wholes {
            values = List.copyOf(values);
        }
    }

    /** Written as fp32. */
    record Reals(List<Float> values) implements GgufValue {

        public Reals {
            values = List.copyOf(values);
        }
    }

    /** Read and skipped: a list of a kind that nothing here asks for. */
    record Skipped(String what) implements GgufValue {}
}
