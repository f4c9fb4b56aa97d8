package ai.luthier.text.jinja;

import java.util.Arrays;

/** Puts a {@link Text} together from pieces, marks included. One thread. */
final class TextBuilder {

    private final StringBuilder text = new StringBuilder();
    private int[] marks = {};
    private int used;

    int length() {
        return text.length();
    }

    TextBuilder append(Text piece) {
        return append(piece, 0, piece.value().length());
    }

    /** Appends the characters {@code [from, to)} of {@code piece}, in UTF-16 offsets. */
    TextBuilder append(Text piece, int from, int to) {
        int shift = text.length() - from;
        room(to - from);
        text.append(piece.value(), from, to);
        int[] source = piece.marks();
        for (int i = 0; i < source.length; i += 3) {
            int start = Math.max(source[i], from);
            int end = Math.min(source[i + 1], to);
            if (start < end) {
                mark(start + shift, end + shift, source[i + 2]);
            }
        }
        return this;
    }

    TextBuilder append(String piece, int tag) {
        room(piece.length());
        int start = text.length();
        text.append(piece);
        if (tag != 0 && !piece.isEmpty()) {
            mark(start, text.length(), tag);
        }
        return this;
    }

    TextBuilder append(String piece) {
        return append(piece, 0);
    }

    TextBuilder appendTimes(String piece, int times) {
        if ((long) piece.length() * times > Text.MAX_LENGTH) {
            throw tooLong();
        }
        return append(piece.repeat(Math.max(0, times)));
    }

    /** Appends a text with {@code bit} set in the tag of all its characters, the unmarked ones included. */
    TextBuilder appendWithBit(Text piece, int bit) {
        int at = 0;
        int[] source = piece.marks();
        for (int i = 0; i <= source.length; i += 3) {
            int next = i < source.length ? source[i] : piece.value().length();
            append(piece.value().substring(at, next), bit);
            if (i < source.length) {
                at = source[i + 1];
                append(piece.value().substring(next, at), source[i + 2] | bit);
            }
        }
        return this;
    }

    Text build() {
        return new Text(text.toString(), Arrays.copyOf(marks, used), false);
    }

    private void room(int more) {
        if (text.length() > Text.MAX_LENGTH - more) {
            throw tooLong();
        }
    }

    private static JinjaException tooLong() {
        return JinjaException.limit("a string grows beyond " + Text.MAX_LENGTH + " characters");
    }

    private void mark(int start, int end, int tag) {
        if (used > 0 && marks[used - 2] == start && marks[used - 1] == tag) {
            marks[used - 2] = end;
            return;
        }
        if (used + 3 > marks.length) {
            marks = Arrays.copyOf(marks, Math.max(12, marks.length * 2));
        }
        marks[used] = start;
        marks[used + 1] = end;
        marks[used + 2] = tag;
        used += 3;
    }
}
