package ai.luthier.text.tokens;

import java.util.Arrays;

/**
 * A row of preferences as the model sees it: one prompt, two answers. Both sides are whole rows; up to the first learnt token
 * they have the same ids, because both are rendered with the same prompt.
 *
 * @param preferred the prompt and the answer that is wanted
 * @param nonPreferred the prompt and the answer that is not
 */
public record TokenizedPair(TokenizedExample preferred, TokenizedExample nonPreferred)
        implements EncodedRow<TokenizedPair> {

    /** Distinct tokens: the prompt once, and both answers. This is what a pair counts as when it is trained and billed. */
    public int tokens() {
        return preferred.ids().length + nonPreferred.ids().length - promptLength();
    }

    /** Tokens that both sides begin with, before the first learnt token of either. */
    public int promptLength() {
        int[] a = preferred.ids();
        int[] b = nonPreferred.ids();
        int common = Arrays.mismatch(a, b);
        int equal = common < 0 ? a.length : common;
        return Math.min(equal, Math.min(preferred.firstSupervised(), nonPreferred.firstSupervised()));
    }

    /** Tokens of the longer side. */
    @Override
    public int longest() {
        return Math.max(preferred.ids().length, nonPreferred.ids().length);
    }

    /** Learnt tokens of both sides. */
    public int supervisedCount() {
        return preferred.supervisedCount() + nonPreferred.supervisedCount();
    }

    /** Both sides cut at their ends to so many tokens. */
    @Override
    public TokenizedPair cut(int limit) {
        return new TokenizedPair(preferred.cut(limit), nonPreferred.cut(limit));
    }

    @Override
    public TokenizedExample wanted() {
        return preferred;
    }

    /** Whether both sides have a token to learn; a pair with one answer says nothing. */
    @Override
    public boolean learnable() {
        return preferred.supervisedCount() > 0 && nonPreferred.supervisedCount() > 0;
    }
}
