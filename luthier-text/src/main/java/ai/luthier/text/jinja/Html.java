package ai.luthier.text.jinja;

import java.util.Map;

/** MarkupSafe's {@code escape} and {@code striptags}. */
final class Html {

    private Html() {}

    /** MarkupSafe's {@code striptags}: comments and tags go, blanks become one, the usual entities their characters. */
    static Text stripTags(Text text) {
        String bare = without(without(text.value(), "<!--", "-->"), "<", ">");
        StringBuilder words = new StringBuilder();
        for (Value word : Cutting.split(Text.of(bare), null, -1)) {
            words.append(words.isEmpty() ? "" : " ").append(((Text) word).value());
        }
        return Text.of(unescaped(words.toString()), text.tag()).asMarkup(text.markup());
    }

    private static String without(String text, String open, String close) {
        StringBuilder kept = new StringBuilder();
        int at = 0;
        while (true) {
            int start = text.indexOf(open, at);
            int end = start < 0 ? -1 : text.indexOf(close, start);
            if (end < 0) {
                return kept.append(text, at, text.length()).toString();
            }
            kept.append(text, at, start);
            at = end + close.length();
        }
    }

    private static final Map<String, String> ENTITIES = Map.of(
            "amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", "\u00a0", "#39", "'", "#34", "\"");

    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = text.charAt(at) == '&' ? text.indexOf(';', at) : -1;
            String found = end < 0 || end - at > 8 ? null : ENTITIES.get(text.substring(at + 1, end));
            out.append(found == null ? String.valueOf(text.charAt(at)) : found);
            at = found == null ? at + 1 : end + 1;
        }
        return out.toString();
    }

    static boolean isMarkup(Value value) {
        return value instanceof Text text && text.markup();
    }

    static Text escape(Text text) {
        if (text.markup()) {
            return text;
        }
        TextBuilder out = new TextBuilder();
        int plain = 0;
        String value = text.value();
        for (int i = 0; i < value.length(); i++) {
            String escaped = switch (value.charAt(i)) {
                case '&' -> "&amp;";
                case '<' -> "&lt;";
                case '>' -> "&gt;";
                case '\'' -> "&#39;";
                case '"' -> "&#34;";
                default -> "";
            };
            if (!escaped.isEmpty()) {
                out.append(text, plain, i).append(escaped, text.slice(i, i + 1).tag());
                plain = i + 1;
            }
        }
        return out.append(text, plain, value.length()).build().asMarkup(true);
    }
}
