package ai.luthier.server.http.request;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Checks the messages of a conversation, each with the fields that its role has. */
final class MessagesReader {

    private static final List<String> ROLES = List.of("developer", "system", "user", "assistant", "tool", "function");

    private MessagesReader() {}

    static void check(Fields body) {
        JsonNode value = body.required("messages");
        List<JsonNode> nodes = body.array("messages", 1, Integer.MAX_VALUE)
                .orElseThrow(() -> Complaint.wrongType("messages", "an array of objects", value));
        for (int i = 0; i < nodes.size(); i++) {
            check(nodes.get(i), "messages[" + i + "]");
        }
    }

    private static void check(JsonNode node, String path) {
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
        Fields message = Fields.at(node, path, "message." + role);
        checkContent(message, role);
        message.string("name");
        switch (role) {
            case "assistant" -> checkAssistant(message);
            case "tool" -> message.requiredString("tool_call_id");
            case "function" -> message.requiredString("name");
            default -> {
                // Developer, system and user messages have no fields of their own.
            }
        }
    }

    private static void checkContent(Fields message, String role) {
        String name = message.name("content");
        boolean optional = role.equals("assistant") || role.equals("function");
        Optional<JsonNode> content = message.value("content");
        if (content.isEmpty()) {
            if (!optional) {
                throw Complaint.wrongType(name, "a string or an array of objects", message.required("content"));
            }
            return;
        }
        if (content.get().isString()) {
            return;
        }
        if (!content.get().isArray()) {
            throw Complaint.wrongType(name, "a string or an array of objects", content.get());
        }
        List<JsonNode> parts = message.array("content", 1, Integer.MAX_VALUE).orElseThrow();
        for (int i = 0; i < parts.size(); i++) {
            checkPart(parts.get(i), name + "[" + i + "]", role);
        }
    }

    /** Parts of other kinds than text are refused by name, for the models read text only. */
    private static void checkPart(JsonNode node, String path, String role) {
        if (!node.isObject()) {
            throw Complaint.wrongType(path, "an object", node);
        }
        if (!node.has("type")) {
            throw Complaint.missing(path + ".type");
        }
        String type = Fields.asString(path + ".type", node.get("type"));
        switch (type) {
            case "text" -> Fields.at(node, path, "part.text").requiredString("text");
            case "image_url", "input_audio", "file" ->
                throw Complaint.unsupported(
                        path + ".type", "'" + type + "'", "Its models read text only; send parts of type 'text'.");
            default -> {
                if (!type.equals("refusal") || !role.equals("assistant")) {
                    throw Complaint.notOneOf(path + ".type", type, List.of("text"));
                }
                Fields.at(node, path, "part.refusal").requiredString("refusal");
            }
        }
    }

    private static void checkAssistant(Fields message) {
        if (message.value("audio").isPresent()) {
            throw Complaint.unsupported(
                    message.name("audio"), "an earlier audio answer", "Send its text as 'content'.");
        }
        Optional<String> refusal = message.string("refusal");
        boolean calls = ToolsReader.checkCalls(message);
        if (!calls && refusal.isEmpty() && message.value("content").isEmpty()) {
            throw Complaint.invalid(
                    message.name("content"),
                    "Invalid value for 'content': expected a string, got null. An assistant message needs 'content' or"
                            + " 'tool_calls'.");
        }
    }
}
