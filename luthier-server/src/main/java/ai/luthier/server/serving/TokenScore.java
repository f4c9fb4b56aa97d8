package ai.luthier.server.serving;

import java.util.List;

/**
 * A token with its log probability.
 *
 * @param text a replacement character where the token is a part of a character
 * @param bytes its bytes as numbers 0 to 255
 * @param logprob natural logarithm, at most 0
 * @param alternatives the likeliest tokens at this position, themselves without alternatives
 */
public record TokenScore(String text, List<Integer> bytes, double logprob, List<TokenScore> alternatives) {

    public TokenScore {
        bytes = List.copyOf(bytes);
        alternatives = List.copyOf(alternatives);
    }
}
