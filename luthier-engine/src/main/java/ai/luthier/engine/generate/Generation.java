package ai.luthier.engine.generate;

import java.util.List;

/**
 * A finished answer.
 *
 * @param ids generated, without the token that ended it
 * @param text without the stop string that ended it
 * @param logprobs one for each id; empty where none were asked for
 */
public record Generation(List<Integer> ids, String text, Finish finish, List<TokenLogprob> logprobs) {

    public Generation {
        ids = List.copyOf(ids);
        logprobs = List.copyOf(logprobs);
    }

    /** Why it ended. */
    public enum Finish {
        /** A stop token or a stop string. */
        STOP,
        /** As many tokens as asked for, or as the context holds. */
        LENGTH,
        CANCELLED
    }
}
