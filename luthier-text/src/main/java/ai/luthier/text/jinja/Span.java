package ai.luthier.text.jinja;

/** A half-open range {@code [start, end)} of UTF-16 offsets into a rendered text. */
public record Span(int start, int end) {

    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("not a range: [" + start + ", " + end + ")");
        }
    }

    public int length() {
        return end - start;
    }

    public boolean isEmpty() {
        return start == end;
    }

    /** Whether {@code other} lies wholly in this range. */
    public boolean contains(Span other) {
        return start <= other.start && other.end <= end;
    }

    /** The same range in code points of {@code text}, as Python counts. */
    public Span inCodePoints(String text) {
        int first = text.codePointCount(0, start);
        return new Span(first, first + text.codePointCount(start, end));
    }
}
