package ai.luthier.server.models.hub;

/**
 * A file of a model as the Hub describes it.
 *
 * @param name without folders
 * @param size in bytes; -1 where it is not told
 * @param hash 64 hex digits: the SHA-256 of the content; 40: its git blob id; empty where it is not told
 */
record HubFile(String name, long size, String hash) {}
