package ai.luthier.server.jobs;

import org.jspecify.annotations.Nullable;

/**
 * Why a job failed, as its {@code error} shows it.
 *
 * @param code for example {@code invalid_training_file}
 * @param message what, where and what to do
 * @param param {@code training_file}, {@code validation_file} or null
 */
public record JobFailure(
        String code, String message, @Nullable String param) {}
