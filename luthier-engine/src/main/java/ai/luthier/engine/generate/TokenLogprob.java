package ai.luthier.engine.generate;

import java.util.List;

/**
 * How likely the model found a token: the natural logarithm of its probability in the model's own distribution, before bias,
 * penalties and temperature.
 *
 * @param top the likeliest tokens at this position, best first
 */
public record TokenLogprob(int id, double logprob, List<Alternative> top) {

    /** One of the likeliest tokens. */
    public record Alternative(int id, double logprob) {}

    public TokenLogprob {
        top = List.copyOf(top);
    }
}
