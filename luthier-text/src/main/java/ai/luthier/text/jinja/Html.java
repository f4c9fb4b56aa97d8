package ai.luthier.text.jinja;

/** MarkupSafe's {@code escape}. */
final class Html {

    private Html() {}

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
