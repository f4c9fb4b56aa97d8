package ai.luthier.engine.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares an export, read back from disk, with the model in memory: logits and greedy continuations of 16 prompts, ids of 100 texts,
 * the bytes of the chat template.
 *
 * <p>Both are computed in fp32. Greedy texts of lossless formats must be equal, but for ties: a token may differ where the two best
 * logits of the model in memory lie closer together than twice the largest difference of a logit, or than the format's rounding
 * usually explains.
 */
final class ParityGate {

    private final Trace expected;
    private final Trace actual;
    private final Rounding rounding;
    private final List<String> failures = new ArrayList<>();

    private ParityGate(Trace expected, Trace actual, Rounding rounding) {
        this.expected = expected;
        this.actual = actual;
        this.rounding = rounding;
    }

    static ParityReport compare(
            Trace expected, Trace actual, Rounding rounding, String format, @Nullable String quantization) {
        return new ParityGate(expected, actual, rounding).report(format, quantization);
    }

    private ParityReport report(String format, @Nullable String quantization) {
        Divergence logits = logits();
        double tolerance = rounding.tolerance(logits.largest);
        require(logits.finite, "Logits are not numbers.");
        require(
                logits.difference <= tolerance,
                "Logits differ by up to " + logits.difference + "; the format's rounding explains " + tolerance + ".");
        require(
                logits.meanKl() <= rounding.klLimit(),
                "The next token's distribution has a mean KL divergence of " + logits.meanKl() + " nats; the limit is "
                        + rounding.klLimit() + ".");
        Continuations greedy = greedy(Math.max(2 * logits.difference, rounding.tie(logits.largest)));
        int ids = ids();
        boolean template = expected.template().equals(actual.template());
        require(template, "The chat template is not the same, byte for byte.");
        return new ParityReport(
                failures.isEmpty(),
                format,
                quantization,
                expected.prompts().size(),
                logits.positions,
                logits.largest,
                logits.difference,
                rounding.lossless() ? tolerance : null,
                logits.meanKl(),
                logits.maxKl,
                logits.sameTop1,
                greedy.equal,
                greedy.tokens,
                greedy.asked,
                greedy.ties,
                ids,
                expected.ids().size(),
                template,
                failures);
    }

    private void require(boolean condition, String failure) {
        if (!condition) {
            failures.add(failure);
        }
    }

    private Divergence logits() {
        Divergence all = new Divergence();
        for (int prompt = 0; prompt < expected.prompts().size(); prompt++) {
            List<float[]> rows = expected.logits().get(prompt);
            for (int at = 0; at < rows.size(); at++) {
                all.add(rows.get(at), actual.logits().get(prompt).get(at));
            }
        }
        return all;
    }

    /** Sums over the greedy continuations of all prompts. */
    private static final class Continuations {
        private int equal;
        private int tokens;
        private int asked;
        private int ties;
    }

    private Continuations greedy(double explained) {
        Continuations all = new Continuations();
        for (int prompt = 0; prompt < expected.prompts().size(); prompt++) {
            Trace.Greedy reference = expected.greedy().get(prompt);
            int[] tokens = actual.greedy().get(prompt).tokens();
            int first = Arrays.mismatch(reference.tokens(), tokens);
            all.asked += reference.tokens().length;
            all.tokens += first < 0 ? reference.tokens().length : first;
            if (first < 0) {
                all.equal++;
            } else if (reference.margins()[first] <= explained) {
                all.ties++;
            } else {
                require(
                        !rounding.lossless(),
                        "Prompt " + prompt + " is continued by another token from the " + (first + 1)
                                + "th on, where the best logit is " + reference.margins()[first] + " ahead.");
            }
        }
        return all;
    }

    private int ids() {
        int equal = 0;
        for (int text = 0; text < expected.ids().size(); text++) {
            int[] reference = expected.ids().get(text);
            int[] ids = actual.ids().get(text);
            if (Arrays.equals(reference, ids)) {
                equal++;
            } else {
                failures.add("Text " + text + " has the ids " + Arrays.toString(reference) + " in memory and "
                        + Arrays.toString(ids) + " in the export.");
            }
        }
        return equal;
    }
}
