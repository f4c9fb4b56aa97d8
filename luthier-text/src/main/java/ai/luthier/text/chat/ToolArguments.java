package ai.luthier.text.chat;

import ai.luthier.text.jinja.JinjaTemplate;
import ai.luthier.text.jinja.RenderSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of tool calls in a conversation, as an object or as JSON in a string. */
final class ToolArguments {

    private static final JinjaTemplate JSON = JinjaTemplate.parse("{{ value | tojson }}");

    private ToolArguments() {}

    static boolean hasObjects(Conversation conversation) {
        return conversation.messages().stream()
                .flatMap(message -> calls(message).stream())
                .anyMatch(call -> function(call) != null && !(arguments(call) instanceof String));
    }

    static Conversation asStrings(Conversation conversation) {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (Map<String, Object> message : conversation.messages()) {
            if (calls(message).isEmpty()) {
                messages.add(message);
                continue;
            }
            Map<String, Object> changed = new LinkedHashMap<>(message);
            changed.put(
                    "tool_calls",
                    calls(message).stream().map(ToolArguments::asString).toList());
            messages.add(changed);
        }
        return new Conversation(messages, conversation.tools(), conversation.variables());
    }

    private static List<?> calls(Map<String, Object> message) {
        return message.get("tool_calls") instanceof List<?> calls ? calls : List.of();
    }

    private static @Nullable Map<?, ?> function(Object call) {
        return call instanceof Map<?, ?> map && map.get("function") instanceof Map<?, ?> function ? function : null;
    }

    private static @Nullable Object arguments(Object call) {
        Map<?, ?> function = function(call);
        return function == null ? null : function.get("arguments");
    }

    private static Object asString(Object call) {
        Map<?, ?> function = function(call);
        if (function == null || !(call instanceof Map<?, ?> map) || arguments(call) instanceof String) {
            return call;
        }
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("value", arguments(call));
        Map<Object, Object> changedFunction = new LinkedHashMap<>(function);
        changedFunction.put(
                "arguments", JSON.render(value, RenderSettings.standard()).text());
        Map<Object, Object> changed = new LinkedHashMap<>(map);
        changed.put("function", changedFunction);
        return changed;
    }
}
