package ai.luthier.server.http.request;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** The one JSON mapper of the server, and the parser of request bodies. */
public final class Json {

    /** Writes the wire records in their declared order. */
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    /** Parsers disagree about which of two equal keys counts, so a body that has them says two things at once. */
    private static final ObjectReader BODIES = MAPPER.reader().with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    private static final Pattern TWICE =
            Pattern.compile("Duplicate (?:Object )?[Pp]roperty (?:name )?\"(.*)\"", Pattern.DOTALL);

    private Json() {}

    /**
     * Returns the JSON object or value in a body.
     *
     * @throws UserError MALFORMED_JSON where the bytes are not JSON; the message says line, column and what is wrong there
     */
    public static JsonNode parse(byte[] body) {
        if (body.length > 1 && (body[0] == 0 || body[1] == 0 || (body[0] & 0xfe) == 0xfe)) {
            throw malformed("it is UTF-16 or UTF-32. Send it as UTF-8.", null);
        }
        if (new String(body, StandardCharsets.UTF_8).isBlank()) {
            throw malformed("the body is empty. Send a JSON object.", null);
        }
        try {
            return BODIES.readTree(body);
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            String where = at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
            throw malformed(where + reason(body, at, e), e);
        }
    }

    /** An object as a map in its order, without what is null; numbers are whole or not as they were written. */
    static Map<String, Object> object(JsonNode object) {
        Map<String, Object> map = new LinkedHashMap<>();
        object.forEachEntry((name, value) -> {
            if (!value.isNull()) {
                map.put(name, MAPPER.treeToValue(value, Object.class));
            }
        });
        return map;
    }

    /** Names the mistakes that people make most; else what the parser says, without what it says about itself. */
    private static String reason(
            byte[] body, @org.jspecify.annotations.Nullable TokenStreamLocation at, JacksonException e) {
        long offset = at == null ? -1 : at.getByteOffset();
        for (long i = Math.min(offset, body.length - 1); i >= 0 && i >= offset - 1; i--) {
            if (body[(int) i] == '}' || body[(int) i] == ']') {
                int before = (int) i - 1;
                while (before >= 0 && Character.isWhitespace(body[before])) {
                    before--;
                }
                if (before >= 0 && body[before] == ',') {
                    return "there is a comma before '" + (char) body[(int) i]
                            + "'; JSON does not allow one after the last element.";
                }
            }
        }
        return plain(e.getOriginalMessage());
    }

    private static String plain(String message) {
        if (message.startsWith("Duplicate")) {
            Matcher twice = TWICE.matcher(message);
            return twice.find() ? "the key '" + twice.group(1) + "' is there twice." : "a key is there twice.";
        }
        if (message.startsWith("Unexpected end-of-input")) {
            return "it ends in the middle; a closing quote, '}' or ']' is missing.";
        }
        if (message.contains("comment")) {
            return "there is a comment; JSON has none.";
        }
        if (message.startsWith("Trailing token")) {
            return "there is more after the end of the JSON value. Send one JSON object.";
        }
        if (message.startsWith("Non-standard token")) {
            return message.substring(0, message.indexOf(':')) + ": JSON has no such number.";
        }
        return message.replaceFirst("(?:,? from|:? enable) `.*?`(?: to allow)?", "") + ".";
    }

    private static UserError malformed(String detail, @org.jspecify.annotations.Nullable Throwable cause) {
        return new UserError(
                ErrorCode.MALFORMED_JSON, null, "We could not parse the JSON body of your request: " + detail, cause);
    }
}
