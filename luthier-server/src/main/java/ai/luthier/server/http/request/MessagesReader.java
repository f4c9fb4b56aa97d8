package ai.luthier.server.http.request;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads the messages of a conversation into what chat templates take. */
final class MessagesReader {

    private static final List<String> ROLES = List.of("developer", "system", "user", "assistant", "tool", "function");

    private MessagesReader() {}

    static List<Map<String, Object>> read(Fields body) {
        body.required("messages");
        List<JsonNode> nodes = body.array("messages", 1, Integer.MAX_VALUE)
                .orElseThrow(() -> Complaint.wrongType("messages", "an array of objects", body.required("messages")));
        List<Map<String, Object>> messages = new ArrayList<>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            messages.add(message(nodes.get(i), "messages[" + i + "]"));
        }
        return messages;
    }

    private static Map<String, Object> message(JsonNode node, String path) {
        if (!node.isObject()) {
            throw Complaint.wrongType(path, "an object", node);
        }
        if (!node.has("role")) {
            throw Complaint.missing(path + ".role");
        }
        String role = Fields.asString(path + ".role", node.get("role"));
        if (!ROLES.contains(role)) {
            throw Complaint.notOneOf(path + ".role", role, ROLES);
        }
        Fields fields = Fields.at(node, path, "message." + role);
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", role.equals("developer") ? "system" : role);
        message.put("content", content(fields, role));
        if (node.has("name")) {
            fields.string("name").ifPresent(name -> message.put("name", name));
        }
        switch (role) {
            case "assistant" -> assistant(fields, message);
            case "tool" -> message.put("tool_call_id", fields.requiredString("tool_call_id"));
            case "function" -> fields.requiredString("name");
            default -> {
                // Developer, system and user messages have no fields of their own.
            }
        }
        return message;
    }

    private static String content(Fields fields, String role) {
        Optional<JsonNode> content = fields.value("content");
        boolean optional = role.equals("assistant") || role.equals("function");
        if (content.isEmpty()) {
            if (!optional) {
                throw Complaint.wrongType(
                        fields.name("content"), "a string or an array of objects", fields.required("content"));
            }
            return "";
        }
        if (content.get().isString()) {
            return content.get().asString();
        }
        if (!content.get().isArray()) {
            throw Complaint.wrongType(fields.name("content"), "a string or an array of objects", content.get());
        }
        List<JsonNode> parts = fields.array("content", 1, Integer.MAX_VALUE).orElseThrow();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            text.append(part(parts.get(i), fields.name("content[" + i + "]"), role));
        }
        return text.toString();
    }

    /** The text of a content part; parts of other kinds are refused by name, for the models read text only. */
    private static String part(JsonNode node, String path, String role) {
        if (!node.isObject()) {
            throw Complaint.wrongType(path, "an object", node);
        }
        if (!node.has("type")) {
            throw Complaint.missing(path + ".type");
        }
        String type = Fields.asString(path + ".type", node.get("type"));
        return switch (type) {
            case "text" -> Fields.at(node, path, "part.text").requiredString("text");
            case "refusal" -> {
                if (!role.equals("assistant")) {
                    throw Complaint.notOneOf(path + ".type", type, List.of("text"));
                }
                yield Fields.at(node, path, "part.refusal").requiredString("refusal");
            }
            case "image_url", "input_audio", "file" ->
                throw Complaint.unsupported(
                        path + ".type", "'" + type + "'", "Its models read text only; send parts of type 'text'.");
            default -> throw Complaint.notOneOf(path + ".type", type, List.of("text"));
        };
    }

    private static void assistant(Fields fields, Map<String, Object> message) {
        if (fields.value("audio").isPresent()) {
            throw Complaint.unsupported(fields.name("audio"), "an earlier audio answer", "Send its text as 'content'.");
        }
        fields.string("refusal");
        List<Map<String, Object>> calls = ToolsReader.calls(fields);
        if (!calls.isEmpty()) {
            message.put("tool_calls", calls);
        }
        if (calls.isEmpty()
                && fields.value("content").isEmpty()
                && fields.value("refusal").isEmpty()) {
            throw Complaint.invalid(
                    fields.name("content"),
                    "Invalid value for 'content': expected a string, got null. An assistant message needs 'content' or"
                            + " 'tool_calls'.");
        }
    }
}
