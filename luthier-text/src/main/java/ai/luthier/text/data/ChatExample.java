package ai.luthier.text.data;

import ai.luthier.text.chat.Conversation;
import java.util.List;

/**
 * A row of chat format.
 *
 * @param line counted from 1
 * @param conversation in template form: {@code weight} is taken out of the messages, the deprecated {@code functions},
 *     {@code function_call} and role {@code function} have become tools, tool calls and role {@code tool}
 * @param supervisedTurns one entry per message of {@code conversation}; true exactly at the assistant messages that are
 *     to be learnt, which are those without {@code "weight": 0}
 */
public record ChatExample(int line, Conversation conversation, List<Boolean> supervisedTurns) implements Example {

    public ChatExample {
        supervisedTurns = List.copyOf(supervisedTurns);
        if (supervisedTurns.size() != conversation.messages().size()) {
            throw new IllegalArgumentException("line " + line + ": " + supervisedTurns.size() + " entries for "
                    + conversation.messages().size() + " messages");
        }
    }

    /** Whether any message of the row is learnt. */
    public boolean supervised() {
        return supervisedTurns.contains(true);
    }
}
