package ai.luthier.api.catalogue;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * When OpenAI ends a model that lives on here under its name.
 *
 * @param announced when it was deprecated; null where no copy of the notice says so
 * @param shutdown the last day of the base
 * @param tunesShutdown the last day of the models tuned from it
 * @param replacement what OpenAI names instead; null where it names nothing
 */
public record Retirement(
        @Nullable LocalDate announced,
        LocalDate shutdown,
        LocalDate tunesShutdown,
        @Nullable String replacement) {}
