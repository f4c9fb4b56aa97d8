package ai.luthier.text.data;

import ai.luthier.text.data.Problem.Kind;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Checks the {@code messages} of a chat row.
 *
 * <p>What a message may and must have depends on its role, which may come last, so the keys are first noted and judged
 * at the end of the message. Not safe for several threads.
 */
final class MessageScanner {

    /**
     * What the messages of a row amount to.
     *
     * @param supervised answers that are learnt
     * @param system whether one is a system or developer message
     */
    record Tally(int supervised, boolean system) {

        static final Tally NONE = new Tally(0, false);
    }

    /**
     * A list of messages, counted.
     *
     * @param supervised answers without the weight 0
     * @param system whether one is a system or developer message
     * @param rolesKnown whether every message names its role
     */
    record Listed(
            int messages, int assistants, int supervised, boolean system, boolean endsWithAnswer, boolean rolesKnown) {}

    private static final int NO_WEIGHT = -1;

    private final RowProblems problems;
    private final ToolScanner tools;
    private final ContentScanner contents;
    private final UnknownKeys unknownKeys;
    private final SeenKeys seen = new SeenKeys();

    private @Nullable JsonToken roleType;
    private String role = "";
    private ContentScanner.Content content = ContentScanner.Content.ABSENT;
    private boolean calls;
    private boolean nameGiven;
    private boolean callIdGiven;
    private int weight;

    MessageScanner(RowProblems problems, ToolScanner tools, UnknownKeys unknownKeys) {
        this.problems = problems;
        this.tools = tools;
        this.contents = new ContentScanner(problems);
        this.unknownKeys = unknownKeys;
    }

    /** Reads the value of {@code messages}, on whose first token {@code json} stands. */
    Tally messages(JsonParser json) {
        Listed listed = list(json, "messages");
        if (listed == null) {
            return Tally.NONE;
        }
        if (listed.messages == 0) {
            problems.error(Kind.SCHEMA, 0, "messages", "List should have at least 1 item after validation, not 0");
        } else if (listed.assistants == 0) {
            problems.error(
                    Kind.NO_ASSISTANT,
                    0,
                    "messages",
                    "No message has the role 'assistant', so there is no answer to learn. Add the answer the model should give");
        } else if (listed.supervised == 0) {
            problems.warn(
                    Kind.NOTHING_SUPERVISED,
                    0,
                    "messages",
                    "Every answer has weight 0; the row will not be trained on");
        } else if (!listed.endsWithAnswer) {
            problems.warn(
                    Kind.WITHOUT_EFFECT,
                    listed.messages,
                    null,
                    "The messages after the last answer are not used in training");
        }
        return new Tally(listed.supervised, listed.system);
    }

    /** Checks each message of the list under {@code key}, on whose first token {@code json} stands; null where it is none. */
    @Nullable
    Listed list(JsonParser json, String key) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            problems.error(Kind.SCHEMA, 0, key, "Input should be a valid list");
            json.skipChildren();
            return null;
        }
        int index = 0;
        int assistants = 0;
        int supervised = 0;
        boolean system = false;
        boolean endsWithAnswer = false;
        boolean rolesKnown = true;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            index++;
            message(json, index);
            boolean answer = role.equals("assistant");
            assistants += answer ? 1 : 0;
            supervised += answer && weight != 0 ? 1 : 0;
            system |= role.equals("system") || role.equals("developer");
            rolesKnown &= !role.isEmpty();
            endsWithAnswer = answer;
        }
        return new Listed(index, assistants, supervised, system, endsWithAnswer, rolesKnown);
    }

    private void message(JsonParser json, int index) {
        forgetMessage();
        if (json.currentToken() != JsonToken.START_OBJECT) {
            problems.error(Kind.SCHEMA, index, null, "Input should be a valid dictionary");
            json.skipChildren();
            return;
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            JsonToken value = json.nextToken();
            if (!seen.add(key)) {
                problems.error(Kind.DUPLICATE_KEY, index, key, "The key occurs twice in this object");
            }
            key(json, key, value, index);
        }
        judge(index);
    }

    private void forgetMessage() {
        seen.clear();
        roleType = null;
        role = "";
        content = ContentScanner.Content.ABSENT;
        calls = false;
        nameGiven = false;
        callIdGiven = false;
        weight = NO_WEIGHT;
    }

    private void key(JsonParser json, String key, JsonToken value, int index) {
        switch (key) {
            case "role" -> {
                roleType = value;
                role = value == JsonToken.VALUE_STRING ? json.getString() : "";
                json.skipChildren();
            }
            case "content" -> content = contents.content(json, index);
            case "name" -> nameGiven = string(json, key, value, index);
            case "tool_call_id" -> callIdGiven = string(json, key, value, index);
            case "weight" -> weight = weight(json, value, index);
            case "tool_calls" -> calls |= tools.toolCalls(json, index);
            case "function_call" -> calls |= tools.functionCall(json, index);
            case "audio" -> {
                if (value != JsonToken.VALUE_NULL) {
                    problems.error(Kind.NOT_TEXT, index, key, "Audio cannot be trained on: rows are text only");
                }
                json.skipChildren();
            }
            // What the chat API sends along and people store with the answer, and the thoughts some templates render.
            case "refusal", "annotations", "reasoning_content", "thinking" -> json.skipChildren();
            default -> {
                unknownKeys.add(true, key, problems.line());
                json.skipChildren();
            }
        }
    }

    private boolean string(JsonParser json, String key, JsonToken value, int index) {
        if (value == JsonToken.VALUE_NULL) {
            return false;
        }
        if (value != JsonToken.VALUE_STRING) {
            problems.error(Kind.SCHEMA, index, key, "Input should be a valid string");
            json.skipChildren();
        }
        return true;
    }

    private int weight(JsonParser json, JsonToken value, int index) {
        if (value == JsonToken.VALUE_NULL) {
            return NO_WEIGHT;
        }
        if (value == JsonToken.VALUE_NUMBER_INT || value == JsonToken.VALUE_NUMBER_FLOAT) {
            double given = json.getDoubleValue();
            if (given == 0 || given == 1) {
                return (int) given;
            }
        }
        problems.error(Kind.SCHEMA, index, "weight", "Input should be 0 or 1");
        json.skipChildren();
        return NO_WEIGHT;
    }

    /** Judges a whole message by its role. */
    private void judge(int index) {
        if (roleType == null) {
            problems.error(Kind.MISSING_ROLE, index, "role", "Discriminator 'role' is missing in value");
            return;
        }
        if (roleType != JsonToken.VALUE_STRING) {
            problems.error(Kind.SCHEMA, index, "role", "Input should be a valid string");
            return;
        }
        switch (role) {
            case "system", "developer", "user" -> requireContent(index);
            case "assistant" -> assistant(index);
            case "tool" -> {
                requireContent(index);
                if (!callIdGiven) {
                    problems.error(Kind.SCHEMA, index, "tool_call_id", "Field required");
                }
            }
            case "function" -> {
                if (!nameGiven) {
                    problems.error(Kind.SCHEMA, index, "name", "Field required");
                }
            }
            default ->
                problems.error(
                        Kind.SCHEMA,
                        index,
                        "role",
                        "Input should be 'system', 'developer', 'user', 'assistant', 'tool' or 'function', not '"
                                + shortened(role) + "'");
        }
        if (weight != NO_WEIGHT && !role.equals("assistant")) {
            problems.warn(
                    Kind.WITHOUT_EFFECT,
                    index,
                    "weight",
                    "Only answers are learnt; a weight on other messages has no effect");
        }
    }

    private void requireContent(int index) {
        if (content == ContentScanner.Content.ABSENT) {
            problems.error(Kind.SCHEMA, index, "content", "Field required");
        } else if (content == ContentScanner.Content.NULL) {
            problems.error(Kind.SCHEMA, index, "content", "Input should be a valid string");
        }
        if (calls) {
            problems.error(Kind.SCHEMA, index, "tool_calls", "Only messages with the role 'assistant' can call tools");
        }
    }

    private void assistant(int index) {
        boolean without = content == ContentScanner.Content.ABSENT || content == ContentScanner.Content.NULL;
        if (without && !calls) {
            problems.error(Kind.SCHEMA, index, "__root__", "At least one of content or function_call must be set.");
        } else if (content == ContentScanner.Content.EMPTY && !calls && weight != 0) {
            problems.warn(Kind.EMPTY_ANSWER, index, "content", "The answer is empty; the row teaches to say nothing");
        }
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
