/**
 * Which models exist: the fine-tuned ones with their folders, and the bases that the owner added.
 *
 * <p>Open {@link ai.luthier.server.models.ModelRegistry} first.
 *
 * <pre>{@code
 * var registry = new ModelRegistry(database, directory.models());
 * PublishedModel model = registry.get(caller, "ft:gpt-4o-mini-2024-07-18:personal:pirate:Ab12Cd34");
 * Path adapter = registry.folder(model);      // adapter_model.safetensors, adapter_config.json, …
 * }</pre>
 *
 * <p>Invariants: a row means that the folder is complete and can be served; a folder without a row is garbage of a crash or of a
 * deletion and goes at the next start; folder names are made here, never of something a client sent.
 *
 * <p>Threads: everything here may be used from any thread.
 */
@NullMarked
package ai.luthier.server.models;

import org.jspecify.annotations.NullMarked;
