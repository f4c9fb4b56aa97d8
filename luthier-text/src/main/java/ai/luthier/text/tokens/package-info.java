/**
 * Text to token ids and loss weights.
 *
 * <p>Open {@link ai.luthier.text.tokens.ExampleEncoder} first: the one way in which trainer, validation, {@code inspect} and server make ids.
 * {@link ai.luthier.text.tokens.TextTokenizer} is the vocabulary behind it:
 *
 * <pre>{@code
 * try (TextTokenizer tokenizer = HuggingFaceTokenizer.load(modelDirectory)) {
 *     int[] ids = tokenizer.encode("Once upon a time", true);
 * }
 * }</pre>
 *
 * <p>Always true: the ids of a row before an answer are the ids the server feeds for the same messages; text from a user never
 * becomes a special token; no sequence begins with two BOS.
 *
 * <p>Tokenizers hold native memory until they are closed, and may be used by any thread.
 */
@NullMarked
package ai.luthier.text.tokens;

import org.jspecify.annotations.NullMarked;
