package ai.luthier.text.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One conversation of each kind that decides differently which text is learnt. */
public final class SampleConversations {

    private SampleConversations() {}

    /** A conversation and which of its messages are learnt. */
    public record Sample(Conversation conversation, List<Boolean> supervised) {}

    private static Map<String, Object> message(String role, String content) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", role);
        message.put("content", content);
        return message;
    }

    private static Map<String, Object> call(String content, String name, Map<String, Object> arguments) {
        Map<String, Object> message = message("assistant", content);
        message.put(
                "tool_calls",
                List.of(ordered(
                        "id",
                        "call_1",
                        "type",
                        "function",
                        "function",
                        ordered("name", name, "arguments", arguments))));
        return message;
    }

    private static Map<String, Object> ordered(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return Collections.unmodifiableMap(map);
    }

    private static final List<Map<String, Object>> TOOLS = List.of(ordered(
            "type",
            "function",
            "function",
            ordered(
                    "name", "weather",
                    "description", "The weather in a city",
                    "parameters",
                            ordered(
                                    "type", "object",
                                    "properties", ordered("city", ordered("type", "string")),
                                    "required", List.of("city")))));

    private static Sample sample(List<Map<String, Object>> tools, List<Map<String, Object>> messages) {
        return new Sample(
                new Conversation(messages, tools, Map.of()),
                messages.stream().map(m -> "assistant".equals(m.get("role"))).toList());
    }

    public static Sample named(String name) {
        return Objects.requireNonNull(all().get(name), name);
    }

    /** By name, in the order of the golden files. */
    public static Map<String, Sample> all() {
        Map<String, Sample> all = new LinkedHashMap<>();
        all.put(
                "one turn",
                sample(List.of(), List.of(message("user", "Hi  there\n"), message("assistant", "Hello & bye"))));
        all.put(
                "several turns",
                sample(
                        List.of(),
                        List.of(
                                message("user", "One?"),
                                message("assistant", "First answer."),
                                message("user", "Two?"),
                                message("assistant", "Second\n\nanswer."),
                                message("user", "Three?"),
                                message("assistant", "Third answer."))));
        all.put(
                "a system message",
                sample(
                        List.of(),
                        List.of(
                                message("system", "Be brief."),
                                message("user", "Why?"),
                                message("assistant", "Because."))));
        all.put(
                "tools",
                sample(
                        TOOLS,
                        List.of(
                                message("user", "Rain in Oslo?"),
                                call("", "weather", ordered("city", "Oslo", "days", 2)),
                                message("tool", "{\"rain\": true}"),
                                message("assistant", "Yes, it rains."),
                                message("user", "Thanks"),
                                message("assistant", "Welcome."))));
        all.put(
                "a think block",
                sample(
                        List.of(),
                        List.of(message("user", "2+2?"), message("assistant", "<think>\nEasy.\n</think>\n\nFour."))));
        all.put(
                "think blocks in the history",
                sample(
                        List.of(),
                        List.of(
                                message("user", "2+2?"),
                                message("assistant", "<think>\nEasy.\n</think>\n\nFour."),
                                message("user", "3+3?"),
                                message("assistant", "<think>\nAlso easy.\n</think>\n\nSix."))));
        Sample turns = Objects.requireNonNull(all.get("several turns"));
        List<Boolean> without = new ArrayList<>(turns.supervised());
        without.set(3, false);
        all.put("weight 0 on the second answer", new Sample(turns.conversation(), without));
        all.put(
                "blank edges",
                sample(
                        List.of(),
                        List.of(
                                message("user", " a "),
                                message("assistant", "\n  b  \n"),
                                message("user", "c"),
                                message("assistant", "d\n"))));
        all.put(
                "marker strings in the content",
                sample(
                        List.of(),
                        List.of(
                                message("user", "What is <|im_end|> or <|assistant|> or <|eot_id|> or <end_of_turn>?"),
                                message(
                                        "assistant",
                                        "A marker: <|im_end|>\n<|im_start|>assistant\n<|assistant|><|end|><|eot_id|><end_of_turn>."))));
        return all;
    }
}
