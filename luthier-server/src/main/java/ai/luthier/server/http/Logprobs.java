package ai.luthier.server.http;

import ai.luthier.api.wire.ChatLogprobs;
import ai.luthier.api.wire.Completion;
import ai.luthier.server.serving.TokenScore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Scores of tokens in the two forms that the endpoints have for them. */
final class Logprobs {

    private Logprobs() {}

    /** Null where none were asked for. */
    static @Nullable ChatLogprobs chat(boolean wanted, List<TokenScore> scores) {
        if (!wanted) {
            return null;
        }
        return new ChatLogprobs(scores.stream()
                .map(score -> new ChatLogprobs.Token(
                        score.text(),
                        score.logprob(),
                        score.bytes(),
                        score.alternatives().stream()
                                .map(other ->
                                        new ChatLogprobs.Alternative(other.text(), other.logprob(), other.bytes()))
                                .toList()))
                .toList());
    }

    /**
     * Null where none were asked for.
     *
     * @param offset where the first token starts, in characters from the start of the prompt
     */
    static Completion.@Nullable Logprobs legacy(boolean wanted, List<TokenScore> scores, int offset) {
        if (!wanted) {
            return null;
        }
        List<String> tokens = new ArrayList<>();
        List<Double> logprobs = new ArrayList<>();
        List<Map<String, Double>> top = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        int at = offset;
        for (TokenScore score : scores) {
            tokens.add(score.text());
            logprobs.add(score.logprob());
            Map<String, Double> likeliest = new LinkedHashMap<>();
            score.alternatives().forEach(other -> likeliest.putIfAbsent(other.text(), other.logprob()));
            top.add(likeliest);
            offsets.add(at);
            at += length(score.text());
        }
        return new Completion.Logprobs(tokens, logprobs, top, offsets);
    }

    /** Characters as code points. */
    static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
