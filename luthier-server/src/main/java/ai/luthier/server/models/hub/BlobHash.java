package ai.luthier.server.models.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The two hashes by which the Hub names a content: SHA-256 for large files, git's blob id for the others. */
final class BlobHash {

    private static final int GIT_LENGTH = 40;
    private static final int BUFFER = 1 << 18;

    private BlobHash() {}

    /** The hash of a file in hex; {@code length} is 40 for git's, 64 for SHA-256. */
    static String of(Path file, int length) throws IOException {
        MessageDigest digest = digest(length == GIT_LENGTH ? "SHA-1" : "SHA-256");
        if (length == GIT_LENGTH) {
            digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + name, e);
        }
    }
}
