package ai.luthier.server.jobs;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of a job's history.
 *
 * @param id {@code ftevent-…}
 * @param type {@code message} or {@code metrics}
 * @param data for metrics, in OpenAI's names; null for messages
 */
public record EventRow(
        String id,
        String jobId,
        Instant createdAt,
        Level level,
        String type,
        String message,
        @Nullable Map<String, Object> data) {

    /** How much it should worry the reader. */
    public enum Level {
        INFO,
        WARN,
        ERROR
    }
}
