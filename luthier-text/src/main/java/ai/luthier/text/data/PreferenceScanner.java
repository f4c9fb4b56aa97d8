package ai.luthier.text.data;

import ai.luthier.text.data.Problem.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Checks a preference row: {@code input}, which is a chat row without the answer, and the two answers, each a list of one
 * message of the assistant. Streams over the row's tokens as {@link RowScanner} does, which has found already that the row is
 * sound JSON of this format. Not safe for several threads.
 */
final class PreferenceScanner {

    static final List<String> PREFERRED = List.of("preferred_output", "preferred_completion");
    static final List<String> NON_PREFERRED = List.of("non_preferred_output", "non_preferred_completion");

    private final RowProblems problems;
    private final ToolScanner tools;
    private final MessageScanner messages;
    private final UnknownKeys unknownKeys;
    private final SeenKeys seen = new SeenKeys();
    private boolean system;

    PreferenceScanner(RowProblems problems, ToolScanner tools, MessageScanner messages, UnknownKeys unknownKeys) {
        this.problems = problems;
        this.tools = tools;
        this.messages = messages;
        this.unknownKeys = unknownKeys;
    }

    /** Checks the bytes {@code [from, to)} of one line, a JSON object. */
    RowFacts scan(byte[] bytes, int from, int to) {
        seen.clear();
        system = false;
        try (JsonParser json = JsonLines.parser(bytes, from, to)) {
            json.nextToken();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = json.currentName();
                json.nextToken();
                if (key.equals("input")) {
                    seen.add(key);
                    input(json);
                } else if (PREFERRED.contains(key) || NON_PREFERRED.contains(key)) {
                    seen.add(key);
                    answer(json, key);
                } else {
                    unknownKeys.add(false, key, problems.line());
                    json.skipChildren();
                }
            }
        }
        require(List.of("input"));
        require(PREFERRED);
        require(NON_PREFERRED);
        return new RowFacts(TrainingFormat.PREFERENCE, system, 1);
    }

    private void require(List<String> names) {
        List<String> given = names.stream().filter(seen::contains).toList();
        if (given.isEmpty()) {
            problems.error(Kind.SCHEMA, 0, names.getFirst(), "Field required");
        } else if (given.size() > 1) {
            problems.error(
                    Kind.DUPLICATE_KEY,
                    0,
                    given.getLast(),
                    "The same as \"" + given.getFirst() + "\"; give one of them");
        }
    }

    private void input(JsonParser json) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            problems.error(Kind.SCHEMA, 0, "input", "Input should be a valid dictionary");
            json.skipChildren();
            return;
        }
        SeenKeys own = new SeenKeys();
        problems.within("input");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            JsonToken value = json.nextToken();
            if (!own.add(key)) {
                problems.error(Kind.DUPLICATE_KEY, 0, key, "The key occurs twice in this object");
            }
            switch (key) {
                case "messages" -> prompt(json);
                case "tools" -> tools.tools(json);
                case "functions" -> tools.functions(json);
                case "parallel_tool_calls" -> RowScanner.parallelToolCalls(problems, json, value);
                default -> {
                    unknownKeys.add(false, "input." + key, problems.line());
                    json.skipChildren();
                }
            }
        }
        if (!own.contains("messages")) {
            problems.error(Kind.SCHEMA, 0, "messages", "Field required");
        }
        problems.within(null);
    }

    private void prompt(JsonParser json) {
        problems.within("input.messages");
        MessageScanner.Listed listed = messages.list(json, "messages");
        problems.within("input");
        if (listed == null) {
            return;
        }
        system = listed.system();
        if (listed.messages() == 0) {
            problems.error(Kind.SCHEMA, 0, "messages", "List should have at least 1 item after validation, not 0");
        } else if (listed.endsWithAnswer()) {
            problems.warn(
                    Kind.WITHOUT_EFFECT,
                    0,
                    "messages",
                    "The input ends with an answer already; the outputs are trained on as further answers behind it");
        }
    }

    private void answer(JsonParser json, String key) {
        problems.within(key);
        MessageScanner.Listed listed = messages.list(json, key);
        problems.within(null);
        String wrong = listed == null ? null : complaint(listed);
        if (wrong != null) {
            problems.error(Kind.SCHEMA, 0, key, wrong);
        } else if (listed != null && listed.assistants() == 1 && listed.supervised() == 0) {
            problems.warn(Kind.WITHOUT_EFFECT, 0, key, "Preferences have no weights; the weight 0 has no effect");
        }
    }

    private static @Nullable String complaint(MessageScanner.Listed listed) {
        if (listed.messages() == 0) {
            return "List should have at least 1 item after validation, not 0";
        }
        if (listed.messages() > 1) {
            return "List should have at most 1 item after validation, not " + listed.messages()
                    + ". A preference is about one answer: put what was said before it into input.messages";
        }
        return listed.assistants() == 1 || !listed.rolesKnown() ? null : "The message should have the role 'assistant'";
    }
}
