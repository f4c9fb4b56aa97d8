package ai.luthier.text.jinja;

/**
 * Where the characters {@code span} of the output came from: the variable, the element of it where it is a list (else
 * -1), and the key of that element where it is a map (else empty). Characters of {@code messages[2].content} have the
 * origin {@code ("messages", 2, "content")}, however deep below that key they were found.
 */
public record Origin(Span span, String variable, int element, String key) {}
