package ai.luthier.text.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** String methods that change letters or pad. Where a letter changes into several, all of them carry its mark. */
final class Letters {

    private Letters() {}

    /** Whether there is a cased letter and all cased letters are upper (lower) ones. */
    static boolean isCased(String text, boolean upper) {
        return text.codePoints().anyMatch(Casing::isCased)
                && text.codePoints()
                        .filter(Casing::isCased)
                        .allMatch(upper ? Character::isUpperCase : Character::isLowerCase);
    }

    /** Python's {@code str.istitle}. */
    static boolean isTitle(String text) {
        boolean any = false;
        boolean inWord = false;
        for (int codePoint : text.codePoints().toArray()) {
            boolean large = Character.isUpperCase(codePoint) || Character.isTitleCase(codePoint);
            boolean small = !large && Character.isLowerCase(codePoint);
            if ((large && inWord) || (small && !inWord)) {
                return false;
            }
            inWord = large || small;
            any |= inWord;
        }
        return any;
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
        int missing = Values.toInt(args.require(0, "width")) - text.length();
        if (args.find(1, "fillchar") == Value.None.NONE) {
            throw JinjaException.type("The fill character must be a unicode character, not NoneType");
        }
        Text fill = args.text(1, "fillchar");
        String pad = fill == null ? " " : fill.value();
        if (fill != null && fill.length() != 1) {
            throw JinjaException.type("The fill character must be exactly one character long");
        }
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
        return new TextBuilder()
                .appendTimes(pad, left)
                .append(text)
                .appendTimes(pad, right)
                .build()
                .asMarkup(text.markup());
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
                    if (blanks > Text.MAX_LENGTH) {
                        throw JinjaException.limit("a tab is wider than " + Text.MAX_LENGTH + " blanks");
                    }
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

    /** {@code str.translate}: each character by what the table has for its number, a number, a string or None. */
    static Text translated(Text text, Value table) {
        if (table instanceof Value.Undefined undefined && !text.isEmpty()) {
            throw undefined.error();
        }
        TextBuilder out = new TextBuilder();
        for (Value character : Values.items(text)) {
            Text one = (Text) character;
            Value found = replacement(table, one.value().codePointAt(0));
            switch (found) {
                case null -> out.append(one);
                case Value.None none -> {}
                case Text other -> out.append(other.value(), one.tag());
                case Value.Int number -> out.append(FormatSpec.character(number.value()), one.tag());
                default -> throw JinjaException.type("character mapping must return integer, None or str");
            }
        }
        return out.build();
    }

    private static @Nullable Value replacement(Value table, int codePoint) {
        if (table instanceof Value.Dict dict) {
            Value.Dict.Entry entry = dict.entries().get(Hashing.key(Value.Int.of(codePoint)));
            return entry == null ? null : entry.value();
        }
        if (table instanceof Value.Real || !Values.isIterable(table)) {
            throw JinjaException.type("'" + Values.typeName(table) + "' object is not subscriptable");
        }
        List<Value> items = Values.items(table);
        return codePoint < items.size() ? items.get(codePoint) : null;
    }
}
