/**
 * Models from the Hugging Face Hub, or from a server that speaks like it: into a folder, whole and verified, or not at all.
 *
 * <p>Open {@link ai.luthier.server.models.hub.HubDownload} first.
 *
 * <pre>{@code
 * HubSettings settings = HubSettings.fromEnvironment(System.getenv());
 * HubModelId model = new HubModelId("org/name", "main");
 * Path directory = new HubDownload(settings).fetch(model, data.resolve("hub"), (file, done, total) -> {});
 * }</pre>
 *
 * <p>Invariants: a file has its name only once its size and hash are those that the Hub told; what is begun goes on after a cut
 * where it stopped; the token goes to the endpoint and to no other host; names that the Hub sends are never paths; pickles are
 * never fetched. A model that lies whole in the Hub's own cache is used from there, without a request.
 *
 * <p>Threads: one download, one thread.
 *
 * @see <a href="https://huggingface.co/docs/hub/api">the Hub's API</a>
 */
@NullMarked
package ai.luthier.server.models.hub;

import org.jspecify.annotations.NullMarked;
