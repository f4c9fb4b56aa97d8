package ai.luthier.server.files;

/** A file whose bytes are stored and whose row is not: it exists for nobody until {@link FileRows#insert}. */
public record StagedFile(StoredFile file, Blob blob) {}
