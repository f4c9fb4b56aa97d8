package ai.luthier.text.tokens;

import java.util.Set;

/**
 * A token beside the model's own vocabulary.
 *
 * <p>Most of them control the model: the end of a turn, the beginning of a tool call. Some vocabularies also keep pieces of
 * ordinary text here, runs of blanks and newlines or the tags of HTML, and mean them wherever they occur: these are not
 * special and hold no power over the model, so in a user's text they stay what they are.
 *
 * @param special what the vocabulary's own file says
 * @param breaks whether the text before and after it is encoded as if it stood alone: the token takes no whitespace from
 *     before it, is no part of a word, and is found before the text is normalised
 */
record AddedToken(int id, String content, boolean special, boolean breaks) {

    private static final Set<String> HTML = Set.of(
            "a",
            "abbr",
            "article",
            "aside",
            "b",
            "blockquote",
            "body",
            "br",
            "caption",
            "code",
            "col",
            "colgroup",
            "dd",
            "del",
            "div",
            "dl",
            "dt",
            "em",
            "figure",
            "footer",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "head",
            "header",
            "hr",
            "html",
            "i",
            "img",
            "ins",
            "kbd",
            "li",
            "main",
            "mark",
            "nav",
            "ol",
            "p",
            "pre",
            "q",
            "s",
            "samp",
            "section",
            "small",
            "span",
            "strong",
            "sub",
            "sup",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
            "thead",
            "tr",
            "tt",
            "u",
            "ul",
            "var");

    /** Whether the token may mean itself only where the template wrote it. */
    boolean controls() {
        return special || !(isBlank() || isHtmlTag());
    }

    private boolean isBlank() {
        return content.codePoints()
                .allMatch(c -> c == '\u2581' || Character.isWhitespace(c) || Character.isSpaceChar(c));
    }

    private boolean isHtmlTag() {
        if (!content.startsWith("<") || !content.endsWith(">")) {
            return false;
        }
        String name = content.substring(content.startsWith("</") ? 2 : 1, content.length() - 1);
        return HTML.contains(name);
    }
}
