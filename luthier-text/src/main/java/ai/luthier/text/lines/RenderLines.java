package ai.luthier.text.lines;

import ai.luthier.text.chat.PlainTemplate;
import ai.luthier.text.jinja.RenderSettings;
import ai.luthier.text.jinja.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Variables of a template in, {@code {"text":"…"}} out; with spans also the ranges that are learnt, in code points. */
public final class RenderLines implements LineAnswer {

    private final PlainTemplate template;
    private final boolean spans;

    /** @throws ai.luthier.text.jinja.JinjaException where {@code source} is not a template */
    public RenderLines(String source, RenderSettings settings, boolean spans) {
        this.template = PlainTemplate.of(source, settings);
        this.spans = spans;
    }

    @Override
    public Map<String, ?> to(Map<String, Object> request) {
        if (!spans) {
            return Map.of("text", template.text(request));
        }
        PlainTemplate.Marked marked = template.marked(request);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("text", marked.text());
        answer.put(
                "spans",
                marked.spans().stream()
                        .map(span -> pair(span.inCodePoints(marked.text())))
                        .toList());
        return answer;
    }

    private static List<Integer> pair(Span span) {
        return List.of(span.start(), span.end());
    }
}
