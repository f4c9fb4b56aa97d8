/**
 * Request bodies, read strictly: what a client sends is taken as it stands or refused with OpenAI's words.
 *
 * <p>Open {@link ai.luthier.server.http.request.Fields} first: it walks over an object once, knows the names that OpenAI's
 * specification allows, and never coerces.
 *
 * <pre>{@code
 * JsonNode body = Json.parse(bytes);                      // malformed: 400 with line and column
 * ChatRequest chat = ChatRequestReader.read(body);        // unknown, missing, mistyped, out of range: 400 with the field
 * }</pre>
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>a field that OpenAI's specification does not know is refused; the names come from {@code request-fields.json}, which
 *       {@code tools/oracles/request_fields.py} writes from the specification;
 *   <li>{@code null} for an optional field means that it is absent;
 *   <li>what would change the answer and is not built is refused by name; what has no effect is accepted and listed in
 *       {@code docs/api-compatibility.md}.
 * </ul>
 *
 * <p>The readers keep no state and are safe for any thread.
 */
@NullMarked
package ai.luthier.server.http.request;

import org.jspecify.annotations.NullMarked;
