package ai.luthier.server.files;

/**
 * Bytes that are stored.
 *
 * @param key name in the {@link BlobStore}
 * @param bytes size
 * @param sha256 64 hexadecimal digits, lower case
 */
public record Blob(String key, long bytes, String sha256) {}
