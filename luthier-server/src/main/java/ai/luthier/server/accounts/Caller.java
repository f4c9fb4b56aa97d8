package ai.luthier.server.accounts;

/**
 * The one on whose behalf something is done. Everything that is stored carries the organisation and the project, and everything
 * that is read is looked up within the organisation.
 *
 * @param slug the organisation's part of {@code ft:} names
 */
public record Caller(String organizationId, String slug, String projectId, String keyId, Role role) {

    /** What a key may do. */
    public enum Role {
        /** Everything, keys and other people's projects of the organisation included. */
        ADMIN,
        /** Files, jobs, models and generation. */
        MEMBER
    }
}
