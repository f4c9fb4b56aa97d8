package ai.luthier.text.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a chat template renders: messages, the tools on offer, and further variables of the caller.
 *
 * <p>Messages and tools are the maps and lists that Jackson makes of JSON, key order kept, already in the form that
 * templates expect: role {@code developer} is {@code system}, the arguments of a tool call are an object. Nulls inside
 * are JSON nulls. Immutable on the outside; the maps inside are shared and must not be changed.
 *
 * @param messages in order, at least one
 * @param tools the {@code tools} of the request or the row; empty where there are none
 * @param variables further template variables, for example {@code parallel_tool_calls}
 */
public record Conversation(
        List<Map<String, Object>> messages, List<Map<String, Object>> tools, Map<String, Object> variables) {

    public Conversation {
        messages = Collections.unmodifiableList(new ArrayList<>(messages));
        tools = Collections.unmodifiableList(new ArrayList<>(tools));
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /** A conversation without tools or further variables. */
    public static Conversation of(List<Map<String, Object>> messages) {
        return new Conversation(messages, List.of(), Map.of());
    }
}
