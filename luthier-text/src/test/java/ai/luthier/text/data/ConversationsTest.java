package ai.luthier.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.text.chat.Conversation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConversationsTest {

    @Test
    void developerIsSystem_weightIsTakenOut_emptyExtrasToo() {
        ChatExample example = read("""
                {"messages": [
                  {"role": "developer", "content": "S", "name": "boss"},
                  {"content": "Q", "role": "user"},
                  {"role": "assistant", "content": "A", "weight": 0, "refusal": null, "annotations": [], "tool_calls": null},
                  {"role": "assistant", "content": "B", "weight": 1},
                  {"role": "assistant", "content": "C"}]}
                """);
        assertThat(example.conversation().messages())
                .containsExactly(
                        Map.of("role", "system", "content", "S", "name", "boss"),
                        Map.of("role", "user", "content", "Q"),
                        Map.of("role", "assistant", "content", "A"),
                        Map.of("role", "assistant", "content", "B"),
                        Map.of("role", "assistant", "content", "C"));
        assertThat(example.supervisedTurns()).containsExactly(false, false, false, true, true);
        assertThat(example.line()).isEqualTo(7);
        assertThat(example.conversation().messages().get(1).keySet()).containsExactly("content", "role");
    }

    @Test
    void textPartsBecomeOneString() {
        ChatExample example = read("""
                {"messages": [
                  {"role": "user", "content": [{"type": "text", "text": "What is "}, {"type": "text", "text": "a lute?"}]},
                  {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}]}
                """);
        assertThat(example.conversation().messages())
                .extracting(message -> message.get("content"))
                .containsExactly("What is a lute?", "No.");
    }

    @Test
    void toolCallsHaveObjectsAsArguments() {
        Conversation conversation = read("""
                        {"tools": [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}],
                         "parallel_tool_calls": false,
                         "messages": [
                          {"role": "assistant", "tool_calls": [
                            {"id": "a", "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": \\"Bern\\"}"}},
                            {"id": "b", "type": "function", "function": {"name": "weather", "arguments": "{oops"}}]},
                          {"role": "tool", "tool_call_id": "a", "content": "21"}]}
                        """).conversation();
        assertThat(conversation.messages())
                .containsExactly(
                        Map.of(
                                "role",
                                "assistant",
                                "content",
                                "",
                                "tool_calls",
                                List.of(call("a", Map.of("city", "Bern")), call("b", "{oops"))),
                        Map.of("role", "tool", "tool_call_id", "a", "content", "21"));
        assertThat(conversation.tools())
                .containsExactly(Map.of(
                        "type",
                        "function",
                        "function",
                        Map.of("name", "weather", "parameters", Map.of("type", "object"))));
        assertThat(conversation.variables()).isEqualTo(Map.of("parallel_tool_calls", false));
    }

    @Test
    void deprecatedFunctionsBecomeTools() {
        ChatExample example = read("""
                {"functions": [{"name": "weather"}], "messages": [
                  {"role": "user", "content": "Q"},
                  {"role": "assistant", "content": null, "function_call": {"name": "weather", "arguments": "{}"}},
                  {"role": "function", "name": "weather", "content": "21"},
                  {"role": "assistant", "content": "", "function_call": {"name": "weather", "arguments": "[1]"}},
                  {"role": "function", "name": "weather", "content": null}]}
                """);
        Conversation conversation = example.conversation();
        assertThat(conversation.tools())
                .containsExactly(Map.of("type", "function", "function", Map.of("name", "weather")));
        assertThat(conversation.messages().subList(1, 5))
                .containsExactly(
                        Map.of("role", "assistant", "content", "", "tool_calls", List.of(call("call00001", Map.of()))),
                        Map.of("role", "tool", "name", "weather", "content", "21", "tool_call_id", "call00001"),
                        Map.of("role", "assistant", "content", "", "tool_calls", List.of(call("call00002", "[1]"))),
                        Map.of("role", "tool", "name", "weather", "content", "", "tool_call_id", "call00002"));
        assertThat(example.supervisedTurns()).containsExactly(false, true, false, true, false);
    }

    private static Map<String, Object> call(String id, Object arguments) {
        return Map.of("id", id, "type", "function", "function", Map.of("name", "weather", "arguments", arguments));
    }

    private static ChatExample read(String row) {
        byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
        return (ChatExample) ExampleReader.read(bytes, 0, bytes.length, 7);
    }
}
