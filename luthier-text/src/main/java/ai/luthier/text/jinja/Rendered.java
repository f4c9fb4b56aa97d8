package ai.luthier.text.jinja;

import java.util.List;

/**
 * A rendered template.
 *
 * @param text the output, character for character what Python's Jinja2 gives
 * @param data the characters that came from variables and not from the template's own text: sorted, disjoint, neighbours
 *     merged
 * @param generation the characters inside {@code {% generation %}} blocks: sorted, disjoint, neighbours merged
 * @param origins the same characters as {@code data}, cut by the variable they came from
 */
public record Rendered(String text, List<Span> data, List<Span> generation, List<Origin> origins) {

    public Rendered {
        data = List.copyOf(data);
        generation = List.copyOf(generation);
        origins = List.copyOf(origins);
    }
}
