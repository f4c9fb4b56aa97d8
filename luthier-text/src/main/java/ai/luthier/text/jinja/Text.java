package ai.luthier.text.jinja;

import java.util.Arrays;

/**
 * A Python {@code str} whose characters remember where they came from. Immutable.
 *
 * <p>Marks are triples {@code (start, end, tag)}, sorted and disjoint, over UTF-16 offsets; a character without a mark is
 * the template's own. The low bits of a tag number a source of data (see {@link Sources}), {@link #GENERATION} is set
 * inside {@code {% generation %}}. Lengths and indices that a template sees are code points, as in Python; offsets in
 * this class are UTF-16.
 */
final class Text implements Value {

    /** Set in the tag of every character inside a {@code {% generation %}} block. */
    static final int GENERATION = 1 << 30;

    /** No single string of a template grows beyond this; the budget of steps bounds their sum. */
    static final int MAX_LENGTH = 1 << 24;

    private static final int[] UNMARKED = {};

    static final Text EMPTY = new Text("", UNMARKED, false);

    private final String value;
    private final int[] marks;
    private final boolean markup;

    Text(String value, int[] marks, boolean markup) {
        this.value = value;
        this.marks = marks;
        this.markup = markup;
    }

    /** The template's own text. */
    static Text of(String value) {
        return of(value, 0);
    }

    static Text of(String value, int tag) {
        return new Text(value, tag == 0 || value.isEmpty() ? UNMARKED : new int[] {0, value.length(), tag}, false);
    }

    String value() {
        return value;
    }

    /** Triples {@code (start, end, tag)}; not to be written to. */
    int[] marks() {
        return marks;
    }

    /** Whether this is a {@code Markup} of MarkupSafe, which escapes what is added to it. */
    boolean markup() {
        return markup;
    }

    Text asMarkup(boolean changed) {
        return changed == markup ? this : new Text(value, marks, changed);
    }

    boolean isEmpty() {
        return value.isEmpty();
    }

    /** The number of code points, Python's {@code len}. */
    int length() {
        return value.codePointCount(0, value.length());
    }

    /** The characters {@code [from, to)} in UTF-16 offsets, with their marks. */
    Text slice(int from, int to) {
        if (from == 0 && to == value.length()) {
            return this;
        }
        return new TextBuilder().append(this, from, to).build().asMarkup(markup);
    }

    Text plus(Text other) {
        if (other.isEmpty()) {
            return this;
        }
        return isEmpty() ? other : new TextBuilder().append(this).append(other).build();
    }

    /** A string as long as this one takes over its marks, character for character. */
    Text withSameMarks(String changed) {
        return new Text(changed, marks, markup);
    }

    /** The tag of the first character; what is derived from the whole string inherits it. */
    int tag() {
        return marks.length > 0 ? marks[2] : 0;
    }

    /** UTF-16 offset of a code point index in {@code [0, length()]}. */
    int offset(int codePointIndex) {
        return value.offsetByCodePoints(0, codePointIndex);
    }

    @Override
    public String toString() {
        return "'" + value + "' " + Arrays.toString(marks);
    }
}
