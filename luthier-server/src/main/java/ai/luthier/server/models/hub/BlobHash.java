package ai.luthier.server.models.hub;

import ai.luthier.engine.checkpoint.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** The two hashes by which the Hub names a content: SHA-256 for large files, git's blob id for the others. */
final class BlobHash {

    private static final int GIT_LENGTH = 40;

    private BlobHash() {}

    /** The hash of a file in hex; {@code length} is 40 for git's, 64 for SHA-256. */
    static String of(Path file, int length) throws IOException {
        MessageDigest digest = Digests.digest(length == GIT_LENGTH ? "SHA-1" : "SHA-256");
        if (length == GIT_LENGTH) {
            digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        return Digests.of(digest, file);
    }
}
