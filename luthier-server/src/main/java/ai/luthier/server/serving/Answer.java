package ai.luthier.server.serving;

import java.util.List;

/**
 * What a model wrote.
 *
 * @param tokens how many tokens it took, the one that ended it included
 * @param scores one for each token of the text; empty unless log probabilities were asked for
 */
public record Answer(String text, int tokens, Finish finish, List<TokenScore> scores) {

    public Answer {
        scores = List.copyOf(scores);
    }

    /** Why an answer ended. */
    public enum Finish {
        /** The model ended its turn, or a stop string appeared. */
        STOP,
        /** The limit of tokens or the end of the context was reached. */
        LENGTH,
        /** The caller went away or the server is going down. */
        CANCELLED
    }
}
