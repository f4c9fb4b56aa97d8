/**
 * The engine: load a model, fine-tune it, generate from it. The only module that imports {@code org.bytedeco}.
 *
 * <p>Rooms, in the order in which a training run walks through them: {@code tensor} (libtorch, scopes), {@code checkpoint}
 * (safetensors and Hugging Face directories), {@code model} (one decoder driven by data), {@code adapter} (LoRA and PEFT
 * directories), {@code train} (whole runs, one readable class per method), {@code generate}.
 */
@NullMarked
package ai.luthier.engine;

import org.jspecify.annotations.NullMarked;
