/**
 * Model directories as Hugging Face lays them out: {@code config.json}, safetensors, tokenizer, chat template.
 *
 * <p>Open {@link ai.luthier.engine.checkpoint.ModelDirectory} first. Weights are mapped, never copied into the heap, so a
 * trainer and a server on one machine share one copy in the page cache.
 *
 * <pre>{@code
 * ModelDirectory directory = ModelDirectory.open(Path.of("models/stories15M"));
 * try (Decoder decoder = directory.decoder(Dtype.BF16)) {
 *     …
 * }
 * }</pre>
 *
 * <p>A loader that says no: a header whose lengths or offsets lie or overlap, a truncated file, a pickle, a missing, extra or
 * misshapen weight, an architecture or a configuration key that this engine does not compute. Each is a
 * {@code UserError(INVALID_MODEL)} that names file, tensor and expectation; nothing is allocated on a header's word.
 *
 * <p>What is written is written under a temporary name, forced to disk and renamed, and the folder forced too.
 */
@NullMarked
package ai.luthier.engine.checkpoint;

import org.jspecify.annotations.NullMarked;
