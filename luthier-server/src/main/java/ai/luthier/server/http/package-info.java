/**
 * OpenAI's API over HTTP: routes as plain functions in one visible table.
 *
 * <p>Open {@link ai.luthier.server.http.HttpApi} first; its table of routes is the table of contents of this room. A request is
 * authenticated, read strictly ({@link ai.luthier.server.http.request}), handed to one of the services in
 * {@link ai.luthier.server.http.Backend}, and its answer written as a record of {@link ai.luthier.api.wire}.
 *
 * <pre>{@code
 * try (HttpApi api = HttpApi.start(backend, HttpSettings.loopback(8080))) {
 *     System.out.println(api.address());      // http://127.0.0.1:8080/v1
 * }
 * }</pre>
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>every answer carries {@code x-request-id}; every error has OpenAI's body, also those that the web server itself gives;
 *   <li>nothing that a client sends gives a 5xx, and what must not be retried says {@code x-should-retry: false};
 *   <li>uploads go to the disk as they come in; an upload that breaks off leaves nothing;
 *   <li>a client that leaves a stream ends the generation.
 * </ul>
 *
 * <p>Each request runs on a virtual thread of its own and may block.
 */
@NullMarked
package ai.luthier.server.http;

import org.jspecify.annotations.NullMarked;
