/**
 * What crosses the wire: OpenAI's objects as records, with exactly the fields that its specification requires or allows.
 *
 * <p>Open {@link ai.luthier.api.wire.FineTuningJob} first. The records carry Jackson annotations and nothing else, so that
 * the server writes them, the command line reads them, and neither pulls the other in:
 *
 * <pre>{@code
 * var file = new FileObject("file-abc", 1204, 1763769600L, null, "rows.jsonl", "fine-tune", "processed", null);
 * mapper.writeValueAsString(file);   // {"object":"file","id":"file-abc","bytes":1204,...}
 * }</pre>
 *
 * <p>Rules that hold for every record here:
 *
 * <ul>
 *   <li>a field that the specification requires is always written, also when it is null ({@code error: null}, never
 *       {@code {}});
 *   <li>an optional field that has no value is left out, never null, where the specification does not allow null: the strict
 *       checks of the official SDKs then hold;
 *   <li>times are whole seconds since 1970;
 *   <li>what Luthier adds to an object of OpenAI sits in one object named {@code luthier}.
 * </ul>
 *
 * <p>Everything here is immutable and safe for any thread.
 */
@NullMarked
package ai.luthier.api.wire;

import org.jspecify.annotations.NullMarked;
