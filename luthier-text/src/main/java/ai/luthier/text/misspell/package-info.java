/**
 * The tools behind {@code examples/misspeller.jsonl}: the embedded model tells stories, and they come out with misspelled words.
 *
 * <p>Open {@link ai.luthier.text.misspell.MisspelledRows} first:
 *
 * <pre>{@code
 * List<String> rows = MisspelledRows.rows(List.of(new Told("Tell me a story about a fox.", story)), 2023, 0.35);
 * }</pre>
 *
 * <p>{@link ai.luthier.text.misspell.AskForStories} gets the stories from a running server. Both are commands, too:
 *
 * <pre>
 * java -cp … ai.luthier.text.misspell.AskForStories "$OPENAI_BASE_URL" "$OPENAI_API_KEY" \
 *     | java -cp … ai.luthier.text.misspell.MisspelledRows 2023 0.6 &gt; examples/misspeller.jsonl
 * </pre>
 *
 * <p>Invariants: the same input gives the same bytes under every JDK; a misspelling is never another word of the input;
 * names and short words stay as they are.
 */
@NullMarked
package ai.luthier.text.misspell;

import org.jspecify.annotations.NullMarked;
