package ai.luthier.text.jinja;

import java.util.Locale;
import java.util.function.BiFunction;

/**
 * Python's case mappings: Unicode's full ones, with its rule for the capital sigma at the end of a word, and titlecase as
 * {@code str.title} and {@code str.capitalize} use it. Where a letter becomes several, all of them carry its mark.
 */
final class Casing {

    private static final int CAPITAL_SIGMA = 0x3A3;
    private static final int COMBINING_IOTA = 0x345;

    private Casing() {}

    static Text upper(Text text) {
        return mapped(text, (value, at) -> upper(value.codePointAt(at)));
    }

    static Text lower(Text text) {
        return mapped(text, Casing::lower);
    }

    static Text capitalize(Text text) {
        return mapped(text, (value, at) -> at == 0 ? title(value.codePointAt(0)) : lower(value, at));
    }

    static Text title(Text text) {
        return mapped(text, (value, at) -> {
            boolean inWord = at > 0 && isCased(value.codePointBefore(at));
            return inWord ? lower(value, at) : title(value.codePointAt(at));
        });
    }

    static Text swapped(Text text) {
        return mapped(text, (value, at) -> {
            int codePoint = value.codePointAt(at);
            if (Character.isUpperCase(codePoint)) {
                return lower(value, at);
            }
            return Character.isLowerCase(codePoint) ? upper(codePoint) : Character.toString(codePoint);
        });
    }

    static Text folded(Text text) {
        return mapped(text, (value, at) -> folded(value.codePointAt(at)));
    }

    /** {@code change} gets the string and the place of a character in it. */
    private static Text mapped(Text text, BiFunction<String, Integer, String> change) {
        String value = text.value();
        TextBuilder out = new TextBuilder();
        int same = 0;
        for (int at = 0; at < value.length(); ) {
            int next = at + Character.charCount(value.codePointAt(at));
            String changed = change.apply(value, at);
            if (!value.startsWith(changed, at) || changed.length() != next - at) {
                out.append(text, same, at).append(changed, text.slice(at, next).tag());
                same = next;
            }
            at = next;
        }
        return same == 0 ? text : out.append(text, same, value.length()).build().asMarkup(text.markup());
    }

    private static String upper(int codePoint) {
        return codePoint < 0x80
                ? String.valueOf((char) Character.toUpperCase(codePoint))
                : Character.toString(codePoint).toUpperCase(Locale.ROOT);
    }

    private static String lower(String value, int at) {
        int codePoint = value.codePointAt(at);
        return switch (codePoint) {
            case CAPITAL_SIGMA -> endsWord(value, at) ? "ς" : "σ";
            case 0x130 -> "i\u0307";
            default -> Character.toString(Character.toLowerCase(codePoint));
        };
    }

    /** After a cased letter and not before one; what case ignores does not count. */
    private static boolean endsWord(String value, int sigma) {
        int before = sigma;
        while (before > 0 && isIgnorable(value.codePointBefore(before))) {
            before -= Character.charCount(value.codePointBefore(before));
        }
        if (before == 0 || !isCased(value.codePointBefore(before))) {
            return false;
        }
        int after = sigma + 1;
        while (after < value.length() && isIgnorable(value.codePointAt(after))) {
            after += Character.charCount(value.codePointAt(after));
        }
        return after == value.length() || !isCased(value.codePointAt(after));
    }

    private static String title(int codePoint) {
        int single = Character.toTitleCase(codePoint);
        String upper = upper(codePoint);
        boolean already = Character.isTitleCase(codePoint);
        if (already || single != codePoint || upper.length() == Character.charCount(codePoint)) {
            return Character.toString(single);
        }
        // Several letters: the first stays large. Two are not of that kind.
        int first = Character.charCount(upper.codePointAt(0));
        String rest = upper.substring(first);
        if (codePoint == 0x149) {
            return upper;
        }
        boolean greek = codePoint >= 0x1F00 && codePoint <= 0x1FFF;
        String small = greek && rest.endsWith("Ι")
                ? rest.substring(0, rest.length() - 1) + (char) COMBINING_IOTA
                : rest.toLowerCase(Locale.ROOT);
        return upper.substring(0, first) + small;
    }

    private static String folded(int codePoint) {
        if (codePoint == 0x131) {
            return "ı";
        }
        String upper = upper(codePoint);
        StringBuilder folded = new StringBuilder();
        for (int at = 0; at < upper.length(); ) {
            int letter = upper.codePointAt(at);
            folded.append(letter == CAPITAL_SIGMA ? "σ" : lower(upper, at));
            at += Character.charCount(letter);
        }
        return folded.toString().equals("ß") ? "ss" : folded.toString();
    }

    static boolean isCased(int codePoint) {
        return Character.isUpperCase(codePoint) || Character.isLowerCase(codePoint) || Character.isTitleCase(codePoint);
    }

    /** Unicode's Case_Ignorable. */
    private static boolean isIgnorable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.FORMAT,
                    Character.MODIFIER_LETTER,
                    Character.MODIFIER_SYMBOL -> true;
            default -> "'.:·’‘․‧︓﹕：﹒＇．".indexOf(codePoint) >= 0;
        };
    }
}
