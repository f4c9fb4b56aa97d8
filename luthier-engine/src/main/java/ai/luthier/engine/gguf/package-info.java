/**
 * GGUF files, the format of llama.cpp: written, read back, and taken apart into a directory in Hugging Face's layout.
 *
 * <p>Open {@link ai.luthier.engine.gguf.GgufWriter} for the way out, {@link ai.luthier.engine.gguf.GgufModel} for the way in.
 *
 * <pre>{@code
 * try (GgufModel model = GgufModel.open(Path.of("nano-q8_0.gguf"))) {
 *     model.unpack(Path.of("models/nano-q8_0"));   // config.json, model.safetensors, tokenizer.json, chat_template.jinja
 * }
 * }</pre>
 *
 * <p>What depends on the family is in one table, {@link ai.luthier.engine.gguf.Architecture}; what depends on how a tokenizer cuts
 * texts in another, {@code PreTokenizer}. Each block format is one class with its formula, and makes the bytes that llama.cpp's own
 * quantiser makes ({@code BlockTest}).
 *
 * <p>A reader that says no, like that of safetensors: no count, length or place of a header is believed before it is checked against
 * the size of the file. Nothing here holds a whole model in memory except {@code GgufModel.weights}.
 */
@NullMarked
package ai.luthier.engine.gguf;

import org.jspecify.annotations.NullMarked;
