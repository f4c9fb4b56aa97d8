package ai.luthier.text.chat;

import ai.luthier.text.jinja.Span;
import java.util.List;

/**
 * A conversation rendered up to where the model goes on.
 *
 * @param text ends with the template's generation prompt
 * @param data the characters that users, tools and models wrote, not the template; roles count as the template's: sorted,
 *     disjoint, UTF-16 offsets
 * @param turns where the assistant's turns of the history begin, which is where their own prompts ended, and where they end:
 *     ascending UTF-16 offsets into {@code text}, its end excluded. A turn whose prompt is no prefix of {@code text}, because
 *     the template rewrites history, is left out.
 */
public record Prompt(String text, List<Span> data, List<Integer> turns) {

    public Prompt {
        data = List.copyOf(data);
        turns = List.copyOf(turns);
    }
}
