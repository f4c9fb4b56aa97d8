package ai.luthier.text.data;

import java.util.Map;

/**
 * A row of preferences: a conversation, the answer that is preferred and one that is not.
 *
 * @param line counted from 1
 * @param preferred the conversation with the preferred answer as its last message, the only one to be learnt
 * @param nonPreferred the same conversation with the other answer
 */
public record PreferenceExample(int line, ChatExample preferred, ChatExample nonPreferred) implements Example {

    /** Whether both answers are the same, so that the row prefers nothing. */
    public boolean indifferent() {
        return answer(preferred).equals(answer(nonPreferred));
    }

    private static Map<String, Object> answer(ChatExample example) {
        return example.conversation().messages().getLast();
    }
}
