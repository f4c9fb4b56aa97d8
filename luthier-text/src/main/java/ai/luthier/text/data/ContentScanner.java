package ai.luthier.text.data;

import ai.luthier.text.data.Problem.Kind;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Checks the {@code content} of a message: a string, or a list of parts that are text or a refusal. Not safe for several threads. */
final class ContentScanner {

    enum Content {
        ABSENT,
        NULL,
        EMPTY,
        TEXT,
        /** Already reported. */
        WRONG
    }

    private static final String KEY = "content";

    private final RowProblems problems;

    ContentScanner(RowProblems problems) {
        this.problems = problems;
    }

    Content content(JsonParser json, int message) {
        return switch (json.currentToken()) {
            case VALUE_STRING -> json.getStringLength() == 0 ? Content.EMPTY : Content.TEXT;
            case VALUE_NULL -> Content.NULL;
            case START_ARRAY -> parts(json, message);
            default -> {
                problems.error(Kind.SCHEMA, message, KEY, "Input should be a valid string");
                json.skipChildren();
                yield Content.WRONG;
            }
        };
    }

    private Content parts(JsonParser json, int message) {
        Content whole = Content.EMPTY;
        for (int index = 0; json.nextToken() != JsonToken.END_ARRAY; index++) {
            Content part = part(json, message, KEY + "[" + index + "]");
            whole = part == Content.WRONG || whole == Content.WRONG
                    ? Content.WRONG
                    : part == Content.TEXT ? part : whole;
        }
        return whole;
    }

    private Content part(JsonParser json, int message, String key) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            problems.error(Kind.SCHEMA, message, key, "Input should be a valid dictionary");
            json.skipChildren();
            return Content.WRONG;
        }
        String type = null;
        Content text = Content.ABSENT;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals("type") && value == JsonToken.VALUE_STRING) {
                type = json.getString();
            } else if ((name.equals("text") || name.equals("refusal")) && value == JsonToken.VALUE_STRING) {
                text = json.getStringLength() == 0 ? Content.EMPTY : Content.TEXT;
            }
            json.skipChildren();
        }
        return judge(type, text, message, key);
    }

    private Content judge(@Nullable String type, Content text, int message, String key) {
        if (type == null) {
            problems.error(Kind.SCHEMA, message, key + ".type", "Field required");
            return Content.WRONG;
        }
        switch (type) {
            case "text", "refusal" -> {
                if (text == Content.ABSENT) {
                    problems.error(Kind.SCHEMA, message, key + "." + type, "Input should be a valid string");
                    return Content.WRONG;
                }
                return text;
            }
            case "image_url", "image", "input_image" -> notText(message, key, "Images");
            case "input_audio", "audio" -> notText(message, key, "Audio");
            case "file", "input_file" -> notText(message, key, "Files");
            default -> problems.error(Kind.SCHEMA, message, key + ".type", "Input should be 'text'");
        }
        return Content.WRONG;
    }

    private void notText(int message, String key, String what) {
        problems.error(
                Kind.NOT_TEXT, message, key, what + " cannot be trained on: rows are text only. Remove this part");
    }
}
