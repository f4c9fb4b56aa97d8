package ai.luthier.server.http.request;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Checks tools, tool choices and tool calls, in their present form and in the older one of functions. */
final class ToolsReader {

    private static final int MOST_TOOLS = 128;

    private static final int LONGEST_NAME = 64;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]+");

    private ToolsReader() {}

    /** Whether the model is to see the tools: not where the caller chose none. */
    static boolean check(Fields body) {
        List<JsonNode> tools = body.array("tools", 0, MOST_TOOLS).orElse(List.of());
        for (int i = 0; i < tools.size(); i++) {
            checkTool(tools.get(i), "tools[" + i + "]");
        }
        List<JsonNode> functions = body.array("functions", 1, MOST_TOOLS).orElse(List.of());
        for (int i = 0; i < functions.size(); i++) {
            checkFunction(Fields.at(functions.get(i), "functions[" + i + "]", "function"));
        }
        boolean offered = choice(body, "tool_choice", List.of("none", "auto", "required"));
        boolean offeredOlder = choice(body, "function_call", List.of("none", "auto"));
        return offered && offeredOlder;
    }

    private static void checkTool(JsonNode node, String path) {
        if (node.isObject() && node.path("type").asString("").equals("custom")) {
            throw Complaint.unsupported(path + ".type", "'custom'", "Send tools of type 'function'.");
        }
        Fields tool = Fields.at(node, path, "tool");
        String type = tool.requiredString("type");
        if (!type.equals("function")) {
            throw Complaint.notOneOf(path + ".type", type, List.of("function"));
        }
        checkFunction(Fields.at(tool.required("function"), path + ".function", "tool.function"));
    }

    private static void checkFunction(Fields function) {
        String name = function.requiredString("name");
        function.string("name", 1, LONGEST_NAME);
        if (!NAME.matcher(name).matches()) {
            throw Complaint.mismatch(function.name("name"), NAME);
        }
        function.string("description");
        function.value("parameters").filter(value -> !value.isObject()).ifPresent(value -> {
            throw Complaint.wrongType(function.name("parameters"), "an object", value);
        });
    }

    /** False for "none"; what forces a call is refused, because it would change the answer and is not built. */
    private static boolean choice(Fields body, String field, List<String> words) {
        Optional<JsonNode> choice = body.value(field);
        if (choice.isEmpty()) {
            return true;
        }
        if (choice.get().isObject()) {
            throw Complaint.unsupported(field, "a named tool", "Only 'auto' and 'none' are.");
        }
        String word = body.oneOf(field, words).orElseThrow();
        if (word.equals("required")) {
            throw Complaint.unsupported(field, "'required'", "Only 'auto' and 'none' are.");
        }
        return !word.equals("none");
    }

    /** Whether an assistant message holds calls. */
    static boolean checkCalls(Fields message) {
        List<JsonNode> calls = message.array("tool_calls", 0, Integer.MAX_VALUE).orElse(List.of());
        for (int i = 0; i < calls.size(); i++) {
            Fields call = Fields.at(calls.get(i), message.name("tool_calls[" + i + "]"), "tool_call");
            call.requiredString("id");
            call.requiredString("type");
            Fields function = call.object("function", "tool_call.function")
                    .orElseThrow(() -> Complaint.missing(call.name("function")));
            function.requiredString("name");
            function.requiredString("arguments");
        }
        Optional<Fields> older = message.object("function_call", "function_call");
        older.ifPresent(call -> {
            call.requiredString("name");
            call.requiredString("arguments");
        });
        return !calls.isEmpty() || older.isPresent();
    }
}
