package ai.luthier.engine.checkpoint;

import ai.luthier.engine.tensor.Dtype;

/**
 * One tensor of a safetensors file.
 *
 * @param name as in the header
 * @param dtype of its elements
 * @param shape sizes, none negative; empty for a single number
 * @param begin first byte within the data part of the file
 * @param end one past its last byte; {@code end - begin} is what shape and dtype require
 */
record SafetensorsEntry(String name, Dtype dtype, long[] shape, long begin, long end) {}
