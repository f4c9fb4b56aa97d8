package ai.luthier.text.lines;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON as Python's {@code json.loads} reads it and {@code json.dumps} writes it: lone surrogates pass, output is ASCII. */
public final class LineJson {

    /** As CPython: an integer of more digits is refused. */
    private static final int MAX_DIGITS = 4300;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(MAX_DIGITS)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .build())
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build())
            .build();

    private LineJson() {}

    /**
     * The object that UTF-8 bytes hold.
     *
     * @throws UserError ({@link ErrorCode#MALFORMED_JSON}) where they are not UTF-8 or no JSON object
     */
    public static Map<String, Object> object(byte[] bytes, int length) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
            JsonNode tree = MAPPER.readTree(text);
            if (!(tree instanceof ObjectNode object)) {
                throw malformed("a line is a JSON object");
            }
            @SuppressWarnings("unchecked")
            Map<String, Object> map = MAPPER.convertValue(object, Map.class);
            return map;
        } catch (CharacterCodingException e) {
            throw malformed("it is not UTF-8");
        } catch (JacksonException e) {
            throw malformed(e.getOriginalMessage());
        }
    }

    private static UserError malformed(String reason) {
        return new UserError(ErrorCode.MALFORMED_JSON, null, "This is not a request: " + reason + ".");
    }

    /** One line of ASCII, without a line break. */
    public static String line(Map<String, ?> answer) {
        return MAPPER.writeValueAsString(answer);
    }
}
