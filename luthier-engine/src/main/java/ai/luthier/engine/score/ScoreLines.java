package ai.luthier.engine.score;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.lines.LineAnswer;
import ai.luthier.text.tokens.TextTokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code {"ids":[…]}} or {@code {"text":"…"}} in, {@code {"logprobs":[null,…],"top1":[…]}} out, for a text with its ids
 * besides.
 */
public final class ScoreLines implements LineAnswer {

    private static final Set<String> KEYS = Set.of("ids", "text");

    private final Scorer scorer;
    private final int vocabulary;
    private final int context;
    private final Supplier<TextTokenizer> tokenizer;

    /**
     * @param vocabulary how many ids the model knows
     * @param context the longest row it was made for
     * @param tokenizer asked for at the first text
     */
    public ScoreLines(Scorer scorer, int vocabulary, int context, Supplier<TextTokenizer> tokenizer) {
        this.scorer = scorer;
        this.vocabulary = vocabulary;
        this.context = context;
        this.tokenizer = tokenizer;
    }

    @Override
    public Map<String, ?> to(Map<String, Object> request) {
        Set<String> unknown = new TreeSet<>(request.keySet());
        unknown.removeAll(KEYS);
        if (!unknown.isEmpty() || request.size() != 1) {
            throw refuse(
                    "ids", "A line has either \"ids\" or \"text\" and nothing else, not " + request.keySet() + ".");
        }
        boolean ofText = request.containsKey("text");
        int[] ids = ofText ? encoded(request.get("text")) : ids(request.get("ids"));
        requireScorable(ids, ofText ? "text" : "ids");
        Scores scores = scorer.score(ids);
        Map<String, Object> answer = new LinkedHashMap<>();
        if (ofText) {
            answer.put("ids", ids);
        }
        answer.put("logprobs", logprobs(scores));
        answer.put("top1", scores.top1());
        return answer;
    }

    private int[] encoded(@Nullable Object value) {
        if (!(value instanceof String text)) {
            throw refuse("text", "\"text\" must be a string.");
        }
        return tokenizer.get().encode(text, true);
    }

    private static int[] ids(@Nullable Object value) {
        if (!(value instanceof List<?> list)) {
            throw refuse("ids", "\"ids\" must be a list of token ids.");
        }
        int[] ids = new int[list.size()];
        for (int t = 0; t < ids.length; t++) {
            if (!(list.get(t) instanceof Integer id)) {
                throw refuse("ids", "\"ids\" must hold whole numbers; at " + t + " it has " + list.get(t) + ".");
            }
            ids[t] = id;
        }
        return ids;
    }

    private void requireScorable(int[] ids, String key) {
        if (ids.length == 0) {
            throw refuse(key, "\"" + key + "\" has no tokens; at least one is needed.");
        }
        if (ids.length > context) {
            throw new UserError(
                    ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                    key,
                    "The row has " + ids.length + " tokens; this model's context is " + context + ".");
        }
        for (int t = 0; t < ids.length; t++) {
            if (ids[t] < 0 || ids[t] >= vocabulary) {
                throw refuse(
                        key, "Token " + t + " has the id " + ids[t] + "; the model knows [0, " + vocabulary + ").");
            }
        }
    }

    private static List<@Nullable Float> logprobs(Scores scores) {
        List<@Nullable Float> logprobs = new ArrayList<>();
        logprobs.add(null);
        for (int t = 1; t < scores.logprobs().length; t++) {
            float logprob = scores.logprobs()[t];
            if (!Float.isFinite(logprob)) {
                throw refuse(
                        "ids",
                        "The score of token " + t + " is " + logprob
                                + ": the model's weights are damaged, or they overflow in this type; try --dtype fp32.");
            }
            logprobs.add(logprob);
        }
        return logprobs;
    }

    private static UserError refuse(String key, String message) {
        return new UserError(ErrorCode.INVALID_VALUE, key, message);
    }
}
