package ai.luthier.text.data;

import ai.luthier.text.chat.Conversation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Brings OpenAI's messages into the form that open chat templates are written for. Training rows and chat requests both
 * come through here, so that the model is asked exactly as it was taught.
 *
 * <ul>
 *   <li>role {@code developer} becomes {@code system};
 *   <li>content given as parts, text or refusals, becomes one string, the parts set one after the other;
 *   <li>missing or null content becomes the empty string;
 *   <li>the {@code arguments} of a call, a JSON text at OpenAI, become the object it holds, where it holds one;
 *   <li>the deprecated {@code functions}, {@code function_call} and role {@code function} become {@code tools},
 *       {@code tool_calls} and role {@code tool}; the calls are numbered {@code call00001} upwards;
 *   <li>{@code weight} and null or empty extras are left out; {@code parallel_tool_calls} becomes a variable.
 * </ul>
 *
 * The input is checked already ({@link TrainingFile}, or the server's request); odd values pass through unchanged.
 * Thread-safe.
 */
public final class Conversations {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Conversations() {}

    /**
     * The conversation of a training row or chat request.
     *
     * @param body a JSON object with {@code messages} and, if given, {@code tools}, {@code functions} and
     *     {@code parallel_tool_calls}; other keys are ignored
     */
    public static Conversation of(Map<String, ?> body) {
        List<Map<String, Object>> messages = new ArrayList<>();
        CallNumbers calls = new CallNumbers();
        for (Object message : list(body.get("messages"))) {
            if (message instanceof Map<?, ?> map) {
                messages.add(message(map, calls));
            }
        }
        Object parallel = body.get("parallel_tool_calls");
        Map<String, Object> variables = parallel == null ? Map.of() : Map.of("parallel_tool_calls", parallel);
        return new Conversation(messages, tools(body), variables);
    }

    private static Map<String, Object> message(Map<?, ?> given, CallNumbers calls) {
        Map<String, Object> message = new LinkedHashMap<>();
        String role = String.valueOf(given.get("role"));
        given.forEach((key, value) -> {
            switch (String.valueOf(key)) {
                case "role" -> message.put("role", role(role));
                case "content" -> message.put("content", content(value));
                case "weight" -> {
                    // says what is learnt; no part of the text
                }
                case "tool_calls" -> putCalls(message, toolCalls(value));
                case "function_call" -> {
                    if (value instanceof Map<?, ?> call) {
                        putCalls(message, List.of(toolCall(calls.next(), call)));
                    }
                }
                default -> {
                    if (value != null && !(value instanceof List<?> list && list.isEmpty())) {
                        message.put(String.valueOf(key), value);
                    }
                }
            }
        });
        message.putIfAbsent("content", "");
        if (role.equals("function")) {
            message.putIfAbsent("tool_call_id", calls.last());
        }
        return message;
    }

    private static String role(String given) {
        return switch (given) {
            case "developer" -> "system";
            case "function" -> "tool";
            default -> given;
        };
    }

    private static Object content(@Nullable Object given) {
        if (!(given instanceof List<?> parts)) {
            return given == null ? "" : given;
        }
        StringBuilder text = new StringBuilder();
        for (Object part : parts) {
            if (part instanceof Map<?, ?> map) {
                Object piece = map.get(map.containsKey("text") ? "text" : "refusal");
                text.append(piece instanceof String string ? string : "");
            }
        }
        return text.toString();
    }

    private static void putCalls(Map<String, Object> message, List<Map<String, Object>> calls) {
        if (!calls.isEmpty()) {
            message.put("tool_calls", calls);
        }
    }

    private static List<Map<String, Object>> toolCalls(@Nullable Object given) {
        List<Map<String, Object>> calls = new ArrayList<>();
        for (Object call : list(given)) {
            if (call instanceof Map<?, ?> map) {
                Map<String, Object> copy = copy(map);
                if (map.get("function") instanceof Map<?, ?> function) {
                    copy.put("function", called(function));
                }
                calls.add(copy);
            }
        }
        return calls;
    }

    private static Map<String, Object> toolCall(String id, Map<?, ?> function) {
        Map<String, Object> call = new LinkedHashMap<>();
        call.put("id", id);
        call.put("type", "function");
        call.put("function", called(function));
        return call;
    }

    private static Map<String, Object> called(Map<?, ?> function) {
        Map<String, Object> copy = copy(function);
        if (copy.get("arguments") instanceof String text) {
            copy.put("arguments", parsed(text));
        }
        return copy;
    }

    /** The object that a JSON text holds; the text itself where it holds something else, as answers of models may. */
    private static Object parsed(String text) {
        try {
            Object value = MAPPER.readValue(text, Object.class);
            return value instanceof Map ? value : text;
        } catch (JacksonException e) {
            return text;
        }
    }

    private static List<Map<String, Object>> tools(Map<String, ?> body) {
        List<Map<String, Object>> tools = new ArrayList<>();
        for (Object tool : list(body.get("tools"))) {
            if (tool instanceof Map<?, ?> map) {
                tools.add(copy(map));
            }
        }
        for (Object function : list(body.get("functions"))) {
            Map<String, Object> tool = new LinkedHashMap<>();
            tool.put("type", "function");
            tool.put("function", function);
            tools.add(tool);
        }
        return tools;
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    private static Map<String, Object> copy(Map<?, ?> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), value));
        return copy;
    }

    /** Ids for calls of the deprecated form, which has none. */
    private static final class CallNumbers {
        private int count;

        String next() {
            count++;
            return last();
        }

        String last() {
            return String.format(Locale.ROOT, "call%05d", Math.max(1, count));
        }
    }
}
