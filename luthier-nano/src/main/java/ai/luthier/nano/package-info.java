/**
 * The embedded base model: a few million weights that tell short stories, so that the first command on a machine without a
 * network has something real to fine-tune.
 *
 * <p>Open {@link ai.luthier.nano.NanoModel} first; how the model was made is in {@code MODEL_CARD.md} and {@code recipe/}.
 *
 * <pre>{@code
 * Path directory = NanoModel.unpack(dataFolder.resolve("models"));
 * ModelDirectory nano = ModelDirectory.open(directory);
 * }</pre>
 */
@NullMarked
package ai.luthier.nano;

import org.jspecify.annotations.NullMarked;
