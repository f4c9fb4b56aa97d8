package ai.luthier.server.models;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The name of a fine-tuned model: {@code ft:<base>:<organisation>:<suffix>:<8 characters>}, with an empty suffix where none was given,
 * and {@code …:ckpt-step-<N>} behind it for a snapshot.
 *
 * @param base the snapshot of the base, never itself an {@code ft:} name
 * @param slug of the organisation
 * @param suffix as it stands in the name, maybe empty
 * @param tail the 8 characters
 * @param step of a snapshot; null for the model of a whole job
 */
public record ModelName(
        String base,
        String slug,
        String suffix,
        String tail,
        @Nullable Integer step) {

    private static final String PREFIX = "ft:";
    private static final String SNAPSHOT = "ckpt-step-";

    @Override
    public String toString() {
        String name = PREFIX + base + ":" + slug + ":" + suffix + ":" + tail;
        return step == null ? name : name + ":" + SNAPSHOT + step;
    }

    /**
     * A name for what a job on {@code model} makes.
     *
     * @param model the base, or the fine-tuned model that the job goes on from
     * @param suffix as the client gave it, or null
     */
    public static ModelName tuned(String model, String slug, @Nullable String suffix, String tail) {
        return new ModelName(baseOf(model), slug, suffix == null ? "" : clean(suffix), tail, null);
    }

    /** The same name for the snapshot at {@code step}; each snapshot has a tail of its own. */
    public ModelName snapshot(int step, String newTail) {
        return new ModelName(base, slug, suffix, newTail, step);
    }

    /** The snapshot of the base behind a name; a name that is not of a fine-tuned model is its own base. */
    public static String baseOf(String model) {
        return parse(model).map(ModelName::base).orElse(model);
    }

    /** The parts of an {@code ft:} name; empty for anything else. */
    public static Optional<ModelName> parse(String name) {
        String[] parts = name.split(":", -1);
        if (!name.startsWith(PREFIX) || parts.length < 5 || parts.length > 6) {
            return Optional.empty();
        }
        @Nullable Integer step = null;
        if (parts.length == 6) {
            if (!parts[5].matches(SNAPSHOT + "[0-9]{1,9}")) {
                return Optional.empty();
            }
            step = Integer.valueOf(parts[5].substring(SNAPSHOT.length()));
        }
        return Optional.of(new ModelName(parts[1], parts[2], parts[3], parts[4], step));
    }

    /** A suffix as it can stand in a name and in a URL: lower case, everything but letters, digits, dot and minus a minus. */
    private static String clean(String suffix) {
        return suffix.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-").replaceAll("^-+|-+$", "");
    }
}
