package ai.luthier.text.jinja;

import java.util.Locale;
import java.util.function.UnaryOperator;

/** String methods that change letters or pad. Where a letter changes into several, all of them carry its mark. */
final class Letters {

    private Letters() {}

    static Text upper(Text text) {
        return mapped(text, s -> s.toUpperCase(Locale.ROOT));
    }

    static Text lower(Text text) {
        return mapped(text, s -> s.toLowerCase(Locale.ROOT));
    }

    private static Text mapped(Text text, UnaryOperator<String> change) {
        String whole = change.apply(text.value());
        if (whole.length() == text.value().length()) {
            return text.withSameMarks(whole);
        }
        TextBuilder out = new TextBuilder();
        for (Value character : Values.items(text)) {
            Text one = (Text) character;
            out.append(change.apply(one.value()), one.tag());
        }
        return out.build().asMarkup(text.markup());
    }

    static Text capitalize(Text text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = Character.charCount(text.value().codePointAt(0));
        return titled(text.slice(0, first))
                .plus(lower(text.slice(first, text.value().length())));
    }

    private static Text titled(Text letter) {
        int codePoint = letter.value().codePointAt(0);
        int title = Character.toTitleCase(codePoint);
        return title == codePoint ? upper(letter) : Text.of(Character.toString(title), letter.tag());
    }

    static Text title(Text text) {
        TextBuilder out = new TextBuilder();
        boolean inWord = false;
        for (Value character : Values.items(text)) {
            Text one = (Text) character;
            boolean cased = isCased(one.value().codePointAt(0));
            out.append(!cased ? one : inWord ? lower(one) : titled(one));
            inWord = cased;
        }
        return out.build();
    }

    static Text swapCase(Text text) {
        TextBuilder out = new TextBuilder();
        for (Value character : Values.items(text)) {
            Text one = (Text) character;
            out.append(Character.isUpperCase(one.value().codePointAt(0)) ? lower(one) : upper(one));
        }
        return out.build();
    }

    private static boolean isCased(int codePoint) {
        return Character.isUpperCase(codePoint) || Character.isLowerCase(codePoint) || Character.isTitleCase(codePoint);
    }

    /** Whether there is a cased letter and all cased letters are upper (lower) ones. */
    static boolean isCased(String text, boolean upper) {
        return text.codePoints().anyMatch(Letters::isCased)
                && text.codePoints()
                        .filter(Letters::isCased)
                        .allMatch(upper ? Character::isUpperCase : Character::isLowerCase);
    }

    static boolean isDigit(int codePoint) {
        return Character.isDigit(codePoint) || "²³¹⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉".indexOf(codePoint) >= 0;
    }

    static boolean isNumeric(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    static boolean isIdentifier(String text) {
        return !text.isEmpty()
                && (text.charAt(0) == '_' || Character.isUnicodeIdentifierStart(text.codePointAt(0)))
                && text.codePoints().allMatch(Character::isUnicodeIdentifierPart);
    }

    /** {@code center}, {@code ljust} and {@code rjust}; {@code where} is the first letter of where the text goes. */
    static Text padded(Text text, Args args, char where) {
        int missing = args.integer(0, "width", 0) - text.length();
        Text fill = args.text(1, "fillchar");
        String pad = fill == null ? " " : fill.value();
        if (missing <= 0) {
            return text;
        }
        // Python's center puts the odd blank to the left where both the gap and the width are odd.
        int width = missing + text.length();
        int left = switch (where) {
            case 'l' -> 0;
            case 'r' -> missing;
            default -> missing / 2 + (missing & width & 1);
        };
        return padded(text, pad, left, missing - left);
    }

    static Text padded(Text text, String pad, int left, int right) {
        TextBuilder out = new TextBuilder();
        for (int i = 0; i < left; i++) {
            out.append(pad);
        }
        out.append(text);
        for (int i = 0; i < right; i++) {
            out.append(pad);
        }
        return out.build();
    }

    static Text zeroFilled(Text text, int width) {
        int missing = width - text.length();
        if (missing <= 0) {
            return text;
        }
        boolean signed = text.value().startsWith("-") || text.value().startsWith("+");
        int from = signed ? 1 : 0;
        Text digits = padded(text.slice(from, text.value().length()), "0", missing, 0);
        return text.slice(0, from).plus(digits);
    }

    static Text expandTabs(Text text, int size) {
        TextBuilder out = new TextBuilder();
        int column = 0;
        for (Value character : Values.items(text)) {
            Text one = (Text) character;
            switch (one.value()) {
                case "\t" -> {
                    int blanks = size <= 0 ? 0 : size - column % size;
                    out.append(" ".repeat(blanks), one.tag());
                    column += blanks;
                }
                case "\n", "\r" -> {
                    out.append(one);
                    column = 0;
                }
                default -> {
                    out.append(one);
                    column++;
                }
            }
        }
        return out.build();
    }
}
