/**
 * The tool behind {@code examples/misspeller.jsonl}: stories in, the same stories with misspelled words out.
 *
 * <p>Open {@link ai.luthier.text.misspell.MisspelledRows} first:
 *
 * <pre>{@code
 * List<String> rows = MisspelledRows.rows(List.of(new Told("Tell me a story about a fox.", story)), 2023, 0.35);
 * }</pre>
 *
 * <p>Invariants: the same input gives the same bytes under every JDK; a misspelling is never another word of the input;
 * names and short words stay as they are.
 */
@NullMarked
package ai.luthier.text.misspell;

import org.jspecify.annotations.NullMarked;
