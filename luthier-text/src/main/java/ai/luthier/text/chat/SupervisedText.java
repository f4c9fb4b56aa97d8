package ai.luthier.text.chat;

import ai.luthier.text.jinja.Span;
import java.util.List;

/**
 * A whole conversation as it is trained on.
 *
 * @param text the full render, without a generation prompt
 * @param data the characters that users, tools and models wrote, as in {@link Prompt}
 * @param turns where the assistant's turns begin and end, supervised or not, as in {@link Prompt}
 * @param supervised the characters to be learnt: each span begins at a turn (or later, where {@code {% generation %}} says
 *     so) and ends with the end-of-turn token: sorted, disjoint, UTF-16 offsets, possibly none
 */
public record SupervisedText(String text, List<Span> data, List<Integer> turns, List<Span> supervised) {

    public SupervisedText {
        data = List.copyOf(data);
        turns = List.copyOf(turns);
        supervised = List.copyOf(supervised);
    }
}
