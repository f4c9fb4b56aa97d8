package ai.luthier.cli;

import ai.luthier.api.wire.BaseFacts;
import ai.luthier.api.wire.BaseObject;
import ai.luthier.engine.train.memory.MemoryEstimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code luthier models list} says of the weights behind one or more names. */
final class BaseText {

    private BaseText() {}

    /** A blank line, where the weights are, what they are, and what training them takes. */
    static List<String> of(String weights, BaseObject base) {
        List<String> lines = new ArrayList<>(List.of("", weights));
        @Nullable BaseFacts facts = base.facts();
        if (facts != null) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  %s, %s parameters in %s, context %,d tokens, chat template: %s, licence: %s",
                    facts.architecture(),
                    count(facts.parameters()),
                    facts.dtype(),
                    facts.context(),
                    facts.template(),
                    facts.licence() == null ? "not stated" : facts.licence()));
            facts.training().forEach(method -> lines.add("  " + line(method, facts.memoryAvailable())));
        }
        if (base.warning() != null) {
            lines.add("  " + base.warning());
        }
        return lines;
    }

    private static String line(BaseFacts.Method method, long available) {
        return String.format(
                Locale.ROOT,
                "%s: %s for rows of up to %,d tokens, %s for short ones; of %s here %s",
                method.method(),
                MemoryEstimate.text(method.memory()),
                method.rowTokens(),
                MemoryEstimate.text(method.memoryOfShortRows()),
                MemoryEstimate.text(available),
                method.fits()
                        ? "it fits"
                        : method.memoryOfShortRows() <= available ? "only shorter rows fit" : "nothing fits");
    }

    /** {@code 5.0 M}, {@code 1.2 B}. */
    private static String count(long parameters) {
        return parameters < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f M", parameters / 1e6)
                : String.format(Locale.ROOT, "%.1f B", parameters / 1e9);
    }
}
