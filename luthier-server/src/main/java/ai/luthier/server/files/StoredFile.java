package ai.luthier.server.files;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A file that exists.
 *
 * @param id {@code file-…}
 * @param blobKey its bytes in the {@link BlobStore}
 * @param bytes size
 * @param expiresAt when it goes; null means never
 */
public record StoredFile(
        String id,
        String organizationId,
        String projectId,
        String filename,
        String purpose,
        String blobKey,
        long bytes,
        Instant createdAt,
        @Nullable Instant expiresAt) {}
