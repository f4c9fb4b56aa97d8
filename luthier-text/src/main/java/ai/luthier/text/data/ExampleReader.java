package ai.luthier.text.data;

import ai.luthier.text.chat.Conversation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
        boolean completion = row.containsKey("prompt") || row.containsKey("completion");
        if (!completion && row.get("input") instanceof Map<?, ?> input) {
            return new PreferenceExample(
                    line,
                    answered(line, input, row, PreferenceScanner.PREFERRED),
                    answered(line, input, row, PreferenceScanner.NON_PREFERRED));
        }
        return new CompletionExample(line, String.valueOf(row.get("prompt")), String.valueOf(row.get("completion")));
    }

    /** The input with one of the outputs as its answer: rendered as a chat row is. */
    private static ChatExample answered(int line, Map<?, ?> input, Map<String, Object> row, List<String> names) {
        Map<String, Object> chat = new LinkedHashMap<>();
        input.forEach((key, value) -> chat.put(String.valueOf(key), value));
        List<Object> messages = new ArrayList<>(list(input.get("messages")));
        names.forEach(name -> messages.addAll(list(row.get(name))));
        chat.put("messages", messages);
        List<Boolean> turns = new ArrayList<>(Collections.nCopies(messages.size() - 1, false));
        turns.add(true);
        return new ChatExample(line, Conversations.of(chat), turns);
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
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
