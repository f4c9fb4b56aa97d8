package ai.luthier.text.data;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/** The one JSON parser setting for rows, and words for what it finds. Thread-safe. */
final class JsonLines {

    /** Far above any conversation, and few enough that a row made of nothing but keys fits a small heap. */
    private static final int MAX_TOKENS = 300_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxTokenCount(MAX_TOKENS).build())
            .build();
    private static final int EXCERPT = 40;

    private JsonLines() {}

    /** A parser over one line. */
    static JsonParser parser(byte[] bytes, int from, int to) {
        return FACTORY.createParser(ObjectReadContext.empty(), bytes, from, to - from);
    }

    /** What is wrong with the JSON of {@code [from, to)}, with the column in characters, counted from 1. */
    static String malformed(JacksonException e, byte[] bytes, int from, int to) {
        if (e instanceof StreamConstraintsException) {
            return "The JSON is too deep or has too many parts for a row: "
                    + e.getOriginalMessage().replaceAll(", from `[^`]*`", "");
        }
        int at = position(e, from, to);
        int column = Utf8.codePoints(bytes, from, at) + 1;
        return "Malformed JSON at column " + column + ": " + reason(e, bytes, from, at, to);
    }

    /** The name of a JSON type for sentences: {@code a number}. */
    static String typeName(JsonToken token) {
        return switch (token) {
            case START_OBJECT, END_OBJECT, PROPERTY_NAME -> "an object";
            case START_ARRAY, END_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> "nothing";
        };
    }

    /** The first characters of a line. */
    static String excerpt(byte[] bytes, int from, int to) {
        int end = from;
        for (int characters = 0; end < to && characters < EXCERPT; characters++) {
            end++;
            while (end < to && (bytes[end] & 0xC0) == 0x80) {
                end++;
            }
        }
        return new String(bytes, from, end - from, StandardCharsets.UTF_8) + (end < to ? "..." : "");
    }

    private static int position(JacksonException e, int from, int to) {
        TokenStreamLocation location = e.getLocation();
        if (location == null || location.getLineNr() > 1) {
            return to;
        }
        return Math.clamp(from + location.getColumnNr() - 1L, from, to);
    }

    private static String reason(JacksonException e, byte[] bytes, int from, int at, int to) {
        int last = at - 1;
        while (last >= from && isSpace(bytes[last])) {
            last--;
        }
        int next = at;
        while (next < to && isSpace(bytes[next])) {
            next++;
        }
        if (last >= from && next < to && bytes[last] == ',' && (bytes[next] == '}' || bytes[next] == ']')) {
            return "a comma before '" + (char) bytes[next] + "'. Remove the comma.";
        }
        if (last > from && (bytes[last] == '}' || bytes[last] == ']') && precededByComma(bytes, from, last)) {
            return "a comma before '" + (char) bytes[last] + "'. Remove the comma.";
        }
        if (next >= to) {
            return "the line ends in the middle of the JSON. Each row must be one line.";
        }
        String message = e.getOriginalMessage();
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    private static boolean precededByComma(byte[] bytes, int from, int at) {
        int i = at - 1;
        while (i > from && isSpace(bytes[i])) {
            i--;
        }
        return bytes[i] == ',';
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }
}
