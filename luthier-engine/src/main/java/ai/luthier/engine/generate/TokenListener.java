package ai.luthier.engine.generate;

import java.util.List;

/** Hears of an answer as it grows, on the thread that asked for it. What it throws cancels the request and comes out of the call. */
@FunctionalInterface
public interface TokenListener {

    /** Ignores everything. */
    TokenListener NONE = piece -> {};

    void hear(Piece piece);

    /**
     * Text that is final.
     *
     * @param text whole characters, never a part of a stop string; empty where a token added none that is certain yet
     * @param ids the tokens since the last piece
     * @param logprobs of these tokens, where asked for
     */
    record Piece(String text, List<Integer> ids, List<TokenLogprob> logprobs) {

        public Piece {
            ids = List.copyOf(ids);
            logprobs = List.copyOf(logprobs);
        }
    }
}
