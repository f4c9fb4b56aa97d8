package ai.luthier.server.http.request;

import java.util.List;
import java.util.Map;

/**
 * A chat completion that was asked for.
 *
 * @param messages in the order sent, each a map of the fields that templates read: content as one string, {@code developer}
 *     written as {@code system}, tool calls with their arguments parsed where they are JSON objects
 * @param tools functions to offer, in the form {@code {type: function, function: {...}}}; empty when the choice was none
 */
public record ChatRequest(
        String model, List<Map<String, Object>> messages, List<Map<String, Object>> tools, Decoding decoding) {

    public ChatRequest {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
    }
}
