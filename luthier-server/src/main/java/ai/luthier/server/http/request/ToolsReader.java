package ai.luthier.server.http.request;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** Reads tools, tool choices and tool calls, in their present form and in the older one of functions. */
final class ToolsReader {

    private static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() {};

    private ToolsReader() {}

    /** The tools to render into the prompt; none where the caller chose none. */
    static List<Map<String, Object>> read(Fields body) {
        List<Map<String, Object>> tools = new ArrayList<>();
        List<JsonNode> offered = body.array("tools", 0, 128).orElse(List.of());
        for (int i = 0; i < offered.size(); i++) {
            tools.add(tool(offered.get(i), "tools[" + i + "]"));
        }
        List<JsonNode> functions = body.array("functions", 1, 128).orElse(List.of());
        for (int i = 0; i < functions.size(); i++) {
            Fields function = Fields.at(functions.get(i), "functions[" + i + "]", "function");
            tools.add(
                    new LinkedHashMap<>(Map.of("type", "function", "function", function(function, functions.get(i)))));
        }
        boolean wanted = choice(body, "tool_choice");
        boolean wantedOlder = choice(body, "function_call");
        return wanted && wantedOlder ? tools : List.of();
    }

    private static Map<String, Object> tool(JsonNode node, String path) {
        if (node.isObject() && node.path("type").asString("").equals("custom")) {
            throw Complaint.unsupported(path + ".type", "'custom'", "Send tools of type 'function'.");
        }
        Fields tool = Fields.at(node, path, "tool");
        String type = tool.requiredString("type");
        if (!type.equals("function")) {
            throw Complaint.notOneOf(path + ".type", type, List.of("function"));
        }
        JsonNode function = tool.required("function");
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", "function");
        map.put("function", function(Fields.at(function, path + ".function", "tool.function"), function));
        return map;
    }

    private static Map<String, Object> function(Fields function, JsonNode node) {
        function.requiredString("name");
        function.string("description");
        function.value("parameters").filter(value -> !value.isObject()).ifPresent(value -> {
            throw Complaint.wrongType(function.name("parameters"), "an object", value);
        });
        return Json.MAPPER.convertValue(node, MAP);
    }

    /** False for "none"; what forces a call is refused, because it would change the answer and is not built. */
    private static boolean choice(Fields body, String field) {
        Optional<JsonNode> choice = body.value(field);
        if (choice.isEmpty()) {
            return true;
        }
        if (choice.get().isObject()) {
            throw Complaint.unsupported(field, "a named tool", "Only 'auto' and 'none' are.");
        }
        List<String> words =
                field.equals("tool_choice") ? List.of("none", "auto", "required") : List.of("none", "auto");
        String word = body.oneOf(field, words).orElseThrow();
        if (word.equals("required")) {
            throw Complaint.unsupported(field, "'required'", "Only 'auto' and 'none' are.");
        }
        return !word.equals("none");
    }

    /** The calls of an assistant message. Templates expect arguments as an object, so those that parse to one are parsed. */
    static List<Map<String, Object>> calls(Fields message) {
        List<Map<String, Object>> calls = new ArrayList<>();
        List<JsonNode> nodes = message.array("tool_calls", 0, Integer.MAX_VALUE).orElse(List.of());
        for (int i = 0; i < nodes.size(); i++) {
            Fields call = Fields.at(nodes.get(i), message.name("tool_calls[" + i + "]"), "tool_call");
            String id = call.requiredString("id");
            call.requiredString("type");
            call.required("function");
            calls.add(call(id, call.object("function", "tool_call.function").orElseThrow()));
        }
        message.object("function_call", "function_call").ifPresent(older -> calls.add(call("", older)));
        return calls;
    }

    private static Map<String, Object> call(String id, Fields function) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", function.requiredString("name"));
        body.put("arguments", arguments(function.requiredString("arguments")));
        Map<String, Object> call = new LinkedHashMap<>();
        if (!id.isEmpty()) {
            call.put("id", id);
        }
        call.put("type", "function");
        call.put("function", body);
        return call;
    }

    private static Object arguments(String text) {
        try {
            JsonNode parsed = Json.MAPPER.readTree(text);
            return parsed.isObject() ? Json.MAPPER.convertValue(parsed, MAP) : text;
        } catch (JacksonException e) {
            // Models write arguments that are not JSON; the specification says so, and the text stands then.
            return text;
        }
    }
}
