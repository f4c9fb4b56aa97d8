package ai.luthier.api.catalogue;

import java.time.LocalDate;

/**
 * When OpenAI ends a model that lives on here under its name.
 *
 * @param shutdown the last day of the base
 * @param tunesShutdown the last day of the models tuned from it
 */
public record Retirement(LocalDate shutdown, LocalDate tunesShutdown) {}
