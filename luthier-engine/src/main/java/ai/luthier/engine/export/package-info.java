/**
 * Models on their way out: for llama.cpp, Ollama, peft and transformers, each checked against the model in memory before it is
 * called done.
 *
 * <p>What is exported streams from the mapped base, tensor by tensor; the adapter is added in on the way, in fp32.
 */
@NullMarked
package ai.luthier.engine.export;

import org.jspecify.annotations.NullMarked;
