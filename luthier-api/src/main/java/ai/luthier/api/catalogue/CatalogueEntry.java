package ai.luthier.api.catalogue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A base that can be asked and tuned.
 *
 * @param id the snapshot, which is what {@code model} is echoed as
 * @param aliases other names that resolve to it
 * @param source the weights behind the name
 * @param trainingContext tokens a training row may have by the documentation of the name; the model itself may allow fewer
 * @param learningRateMultiplier what "auto" stands for
 * @param pricing what tokens cost
 * @param retirement null where no end is set
 */
public record CatalogueEntry(
        String id,
        List<String> aliases,
        BaseSource source,
        int trainingContext,
        double learningRateMultiplier,
        Pricing pricing,
        @Nullable Retirement retirement) {

    /** A training context that says: no page documents one, only the model's own context counts. */
    public static final int UNDOCUMENTED = Integer.MAX_VALUE;

    public CatalogueEntry {
        aliases = List.copyOf(aliases);
        if (id.isBlank() || trainingContext < 1 || !(learningRateMultiplier > 0)) {
            throw new IllegalArgumentException("catalogue entry '" + id + "': trainingContext " + trainingContext
                    + ", learningRateMultiplier " + learningRateMultiplier);
        }
    }

    /** The same base with other weights behind it. */
    public CatalogueEntry withSource(BaseSource other) {
        return new CatalogueEntry(id, aliases, other, trainingContext, learningRateMultiplier, pricing, retirement);
    }
}
