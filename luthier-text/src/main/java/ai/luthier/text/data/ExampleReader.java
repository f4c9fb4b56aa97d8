package ai.luthier.text.data;

import ai.luthier.text.chat.Conversation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Makes the {@link Example} of a row that {@link RowScanner} found sound. Thread-safe. */
final class ExampleReader {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private ExampleReader() {}

    static Example read(byte[] bytes, int from, int to, int line) {
        Map<String, Object> row = MAPPER.readValue(bytes, from, to - from, OBJECT);
        if (row.get("messages") instanceof List<?> messages) {
            Conversation conversation = Conversations.of(row);
            return new ChatExample(line, conversation, supervisedTurns(messages));
        }
        return new CompletionExample(line, String.valueOf(row.get("prompt")), String.valueOf(row.get("completion")));
    }

    private static List<Boolean> supervisedTurns(List<?> messages) {
        List<Boolean> turns = new ArrayList<>(messages.size());
        for (Object message : messages) {
            turns.add(message instanceof Map<?, ?> map
                    && "assistant".equals(map.get("role"))
                    && !(map.get("weight") instanceof Number weight && weight.doubleValue() == 0));
        }
        return turns;
    }
}
