package ai.luthier.text.data;

import ai.luthier.text.data.Problem.Kind;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Checks tool definitions and tool calls, in the current form ({@code tools}, {@code tool_calls}) and the deprecated one
 * ({@code functions}, {@code function_call}). Not safe for several threads.
 */
final class ToolScanner {

    private static final int MAX_FUNCTIONS = 128;

    private final RowProblems problems;

    ToolScanner(RowProblems problems) {
        this.problems = problems;
    }

    /** The {@code tools} of a row. */
    void tools(JsonParser json) {
        list(json, 0, "tools", key -> wrapped(json, 0, key, false));
    }

    /** The deprecated {@code functions} of a row, 1 to 128. */
    void functions(JsonParser json) {
        boolean given = json.currentToken() == JsonToken.START_ARRAY;
        int count = list(json, 0, "functions", key -> function(json, 0, key, false));
        if (given && count == 0) {
            problems.error(Kind.SCHEMA, 0, "functions", "List should have at least 1 item after validation, not 0");
        } else if (count > MAX_FUNCTIONS) {
            problems.error(
                    Kind.SCHEMA, 0, "functions", "List should have at most 128 items after validation, not " + count);
        }
    }

    /** The {@code tool_calls} of a message; true where there is one. */
    boolean toolCalls(JsonParser json, int message) {
        return list(json, message, "tool_calls", key -> wrapped(json, message, key, true)) > 0;
    }

    /** The deprecated {@code function_call} of a message; true where it is not null. */
    boolean functionCall(JsonParser json, int message) {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return false;
        }
        function(json, message, "function_call", true);
        return true;
    }

    @FunctionalInterface
    private interface Item {
        void read(String key);
    }

    private int list(JsonParser json, int message, String key, Item item) {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return 0;
        }
        if (json.currentToken() != JsonToken.START_ARRAY) {
            problems.error(Kind.SCHEMA, message, key, "Input should be a valid list");
            json.skipChildren();
            return 0;
        }
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            item.read(key + "[" + count + "]");
            count++;
        }
        return count;
    }

    /** {@code {"type": "function", "function": {…}}}, with an {@code id} where it is a call. */
    private void wrapped(JsonParser json, int message, String key, boolean call) {
        if (!object(json, message, key)) {
            return;
        }
        boolean hasId = false;
        boolean hasFunction = false;
        boolean hasType = false;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            switch (name) {
                case "id" -> {
                    hasId = true;
                    string(json, value, message, key + ".id");
                }
                case "type" -> {
                    hasType = true;
                    if (value != JsonToken.VALUE_STRING || !json.getString().equals("function")) {
                        problems.error(Kind.SCHEMA, message, key + ".type", "Input should be 'function'");
                        json.skipChildren();
                    }
                }
                case "function" -> {
                    hasFunction = true;
                    function(json, message, key + ".function", call);
                }
                default -> json.skipChildren();
            }
        }
        require(hasType, message, key + ".type");
        require(hasFunction, message, key + ".function");
        require(hasId || !call, message, key + ".id");
    }

    /** A definition {@code {"name", "description", "parameters"}} or a call {@code {"name", "arguments"}}. */
    private void function(JsonParser json, int message, String key, boolean call) {
        if (!object(json, message, key)) {
            return;
        }
        boolean hasName = false;
        boolean hasArguments = false;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            switch (name) {
                case "name" -> {
                    hasName = true;
                    string(json, value, message, key + ".name");
                }
                case "arguments" -> {
                    hasArguments = true;
                    arguments(json, value, message, key + ".arguments");
                }
                case "parameters" -> {
                    if (value != JsonToken.START_OBJECT && value != JsonToken.VALUE_NULL) {
                        problems.error(Kind.SCHEMA, message, key + ".parameters", "Input should be a valid dictionary");
                    }
                    json.skipChildren();
                }
                default -> json.skipChildren();
            }
        }
        require(hasName, message, key + ".name");
        require(hasArguments || !call, message, key + ".arguments");
    }

    /** A JSON text as OpenAI writes it; the object itself, as other tools write it, is accepted. */
    private void arguments(JsonParser json, JsonToken value, int message, String key) {
        if (value != JsonToken.START_OBJECT) {
            string(json, value, message, key);
        } else {
            json.skipChildren();
        }
    }

    private boolean object(JsonParser json, int message, String key) {
        if (json.currentToken() == JsonToken.START_OBJECT) {
            return true;
        }
        problems.error(Kind.SCHEMA, message, key, "Input should be a valid dictionary");
        json.skipChildren();
        return false;
    }

    private void string(JsonParser json, @Nullable JsonToken value, int message, String key) {
        if (value != JsonToken.VALUE_STRING) {
            problems.error(Kind.SCHEMA, message, key, "Input should be a valid string");
            json.skipChildren();
        }
    }

    private void require(boolean present, int message, String key) {
        if (!present) {
            problems.error(Kind.SCHEMA, message, key, "Field required");
        }
    }
}
