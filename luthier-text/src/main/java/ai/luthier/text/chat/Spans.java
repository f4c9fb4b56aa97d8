package ai.luthier.text.chat;

import ai.luthier.text.jinja.Span;
import java.util.ArrayList;
import java.util.List;

/** Arithmetic on sorted, disjoint spans. */
final class Spans {

    private Spans() {}

    /** The parts of {@code spans} that lie in {@code within}. */
    static List<Span> common(List<Span> spans, Span within) {
        List<Span> common = new ArrayList<>();
        for (Span span : spans) {
            int start = Math.max(span.start(), within.start());
            int end = Math.min(span.end(), within.end());
            if (start < end) {
                common.add(new Span(start, end));
            }
        }
        return common;
    }

    /** The same characters, with neighbours joined. */
    static List<Span> merged(List<Span> spans) {
        List<Span> merged = new ArrayList<>();
        for (Span span : spans) {
            boolean joins = !merged.isEmpty() && merged.getLast().end() == span.start();
            merged.add(joins ? new Span(merged.removeLast().start(), span.end()) : span);
        }
        return merged;
    }
}
