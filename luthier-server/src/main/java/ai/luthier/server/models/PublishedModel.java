package ai.luthier.server.models;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A fine-tuned model that can be served.
 *
 * @param id {@code ft:…}
 * @param base the snapshot it stands on
 * @param jobId the job that made it; null for one that was brought in
 * @param folder name within the models folder, a PEFT directory
 */
public record PublishedModel(
        String id,
        String organizationId,
        String projectId,
        String base,
        Kind kind,
        @Nullable String jobId,
        String folder,
        Instant createdAt) {

    /** How far its job had come. */
    public enum Kind {
        /** The result of a whole job. */
        TUNED,
        /** The state at the end of an epoch. */
        SNAPSHOT
    }
}
