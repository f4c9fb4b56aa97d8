package ai.luthier.engine.gguf;

/**
 * How a few consecutive weights of a row become bytes and come back. Stateless; any number of threads may use one at once.
 *
 * <p>The formulas are those of llama.cpp's reference quantisers [1], which need no calibration data: each file that this makes is
 * the file that {@code llama-quantize} makes, up to the last bit of fp32 sums.
 *
 * <p>[1] https://github.com/ggml-org/llama.cpp, {@code ggml/src/ggml-quants.c}, functions {@code quantize_row_*_ref}.
 */
interface Block {

    /** Weights in a block. */
    int elements();

    /** Bytes of a block. */
    int bytes();

    /** Writes the block of {@code values[from, from + elements())} to {@code out[at, at + bytes())}. */
    void encode(float[] values, int from, byte[] out, int at);

    /** Reads the block in {@code in[at, at + bytes())} into {@code values[from, from + elements())}. */
    void decode(byte[] in, int at, float[] values, int from);
}
