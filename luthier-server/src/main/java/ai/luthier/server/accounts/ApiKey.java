package ai.luthier.server.accounts;

import java.time.Instant;

/**
 * A key as it can be shown: without its secret.
 *
 * @param hint first and last characters, enough to recognise it
 */
public record ApiKey(
        String id,
        String organizationId,
        String projectId,
        String name,
        Caller.Role role,
        String hint,
        Instant createdAt) {

    /**
     * A key together with its secret, which is shown once and cannot be read back.
     *
     * @param secret what goes into {@code OPENAI_API_KEY}
     */
    public record Fresh(ApiKey key, String secret) {}
}
