package ai.luthier.server.http.request;

import java.util.List;

/**
 * A legacy completion that was asked for.
 *
 * @param prompts at least one
 */
public record CompletionRequest(String model, List<Prompt> prompts, Decoding decoding) {

    public CompletionRequest {
        prompts = List.copyOf(prompts);
    }

    /** A prompt as text, or as the token ids a client made itself. */
    public sealed interface Prompt {

        /** Text to be tokenised. */
        record Text(String text) implements Prompt {}

        /** Token ids, used as they are. */
        @SuppressWarnings("ArrayRecordComponent") // Handed to the generator at once; never compared.
        record Tokens(int[] ids) implements Prompt {}
    }
}
