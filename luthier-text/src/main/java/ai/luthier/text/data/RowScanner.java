package ai.luthier.text.data;

import ai.luthier.text.data.Problem.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Checks one row after the other while streaming over its tokens: nothing of a row is kept, and strings are not decoded
 * where only their presence matters.
 *
 * <p>Not safe for several threads.
 */
final class RowScanner {

    private static final int NOTED_KEYS = 32;

    private final RowProblems problems;
    private final UnknownKeys unknownKeys;
    private final ToolScanner tools;
    private final MessageScanner messages;
    private final PreferenceScanner preferences;
    private final SeenKeys seen = new SeenKeys();

    private @Nullable JsonToken prompt;
    private @Nullable JsonToken completion;
    private boolean completionIsEmpty;
    private boolean preferred;
    private MessageScanner.Tally tally = MessageScanner.Tally.NONE;

    RowScanner(RowProblems problems, UnknownKeys unknownKeys) {
        this.problems = problems;
        this.unknownKeys = unknownKeys;
        this.tools = new ToolScanner(problems);
        this.messages = new MessageScanner(problems, tools, unknownKeys);
        this.preferences = new PreferenceScanner(problems, tools, messages, unknownKeys);
    }

    /** Checks the bytes {@code [from, to)} of one line, well-formed UTF-8 and not blank. */
    RowFacts scan(byte[] bytes, int from, int to) {
        try (JsonParser json = JsonLines.parser(bytes, from, to)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                json.skipChildren();
                problems.error(
                        Kind.UNEXPECTED_FORMAT,
                        0,
                        null,
                        "Every line must be a JSON object. This one starts with: "
                                + JsonLines.excerpt(bytes, from, to));
                return RowFacts.BROKEN;
            }
            RowFacts facts = row(json);
            if (json.nextToken() != null) {
                problems.error(
                        Kind.MALFORMED_JSON,
                        0,
                        null,
                        "Text follows the JSON object. Each row must be a line of its own.");
                return RowFacts.BROKEN;
            }
            return facts.format() == TrainingFormat.PREFERENCE ? preferences.scan(bytes, from, to) : facts;
        } catch (JacksonException e) {
            problems.error(Kind.MALFORMED_JSON, 0, null, JsonLines.malformed(e, bytes, from, to));
            return RowFacts.BROKEN;
        }
    }

    private RowFacts row(JsonParser json) {
        seen.clear();
        prompt = null;
        completion = null;
        completionIsEmpty = false;
        preferred = false;
        tally = MessageScanner.Tally.NONE;
        List<String> others = List.of();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            JsonToken value = json.nextToken();
            if (!seen.add(key)) {
                problems.error(Kind.DUPLICATE_KEY, 0, key, "The key occurs twice in this object");
            }
            switch (key) {
                case "messages" -> tally = messages.messages(json);
                case "tools" -> tools.tools(json);
                case "functions" -> tools.functions(json);
                case "parallel_tool_calls" -> parallelToolCalls(problems, json, value);
                case "prompt" -> {
                    prompt = value;
                    json.skipChildren();
                }
                case "completion" -> {
                    completion = value;
                    completionIsEmpty = value == JsonToken.VALUE_STRING && json.getStringLength() == 0;
                    json.skipChildren();
                }
                default -> {
                    others = others.isEmpty() ? new ArrayList<>() : others;
                    other(others, key);
                    json.skipChildren();
                }
            }
        }
        return facts(others);
    }

    /** Notes a key that is none of a supervised row; of many keys only the first. */
    private void other(List<String> others, String key) {
        preferred |= PreferenceScanner.PREFERRED.contains(key) || PreferenceScanner.NON_PREFERRED.contains(key);
        if (others.size() < NOTED_KEYS) {
            others.add(key);
        }
    }

    static void parallelToolCalls(RowProblems problems, JsonParser json, JsonToken value) {
        if (value != JsonToken.VALUE_TRUE && value != JsonToken.VALUE_FALSE && value != JsonToken.VALUE_NULL) {
            problems.error(Kind.SCHEMA, 0, "parallel_tool_calls", "Input should be a valid boolean");
            json.skipChildren();
        }
    }

    private RowFacts facts(List<String> others) {
        if (seen.contains("messages")) {
            reportUnknown(others);
            if (seen.contains("prompt")) {
                unknownKeys.add(false, "prompt", problems.line());
            }
            if (seen.contains("completion")) {
                unknownKeys.add(false, "completion", problems.line());
            }
            return new RowFacts(TrainingFormat.CHAT, tally.system(), tally.supervised());
        }
        if (prompt != null || completion != null) {
            reportUnknown(others);
            string("prompt", prompt);
            string("completion", completion);
            if (completionIsEmpty) {
                problems.warn(
                        Kind.EMPTY_ANSWER, 0, "completion", "The completion is empty; the row teaches to say nothing");
            }
            return new RowFacts(TrainingFormat.COMPLETION, false, 1);
        }
        if (preferred) {
            return new RowFacts(TrainingFormat.PREFERENCE, false, 1);
        }
        problems.error(
                Kind.UNEXPECTED_FORMAT,
                0,
                null,
                "Unexpected file format, expected either prompt/completion pairs or chat messages."
                        + (others.isEmpty()
                                ? " The row has no keys."
                                : " The row has the keys " + quoted(others) + "."));
        return RowFacts.BROKEN;
    }

    private void string(String key, @Nullable JsonToken value) {
        if (value == null) {
            problems.error(Kind.SCHEMA, 0, key, "Field required");
        } else if (value != JsonToken.VALUE_STRING) {
            problems.error(Kind.SCHEMA, 0, key, "Input should be a valid string");
        }
    }

    private void reportUnknown(List<String> others) {
        for (String key : others) {
            unknownKeys.add(false, key, problems.line());
        }
    }

    private static String quoted(List<String> keys) {
        List<String> first = keys.subList(0, Math.min(5, keys.size()));
        return "\"" + String.join("\", \"", first) + "\"" + (keys.size() > first.size() ? ", ..." : "");
    }
}
