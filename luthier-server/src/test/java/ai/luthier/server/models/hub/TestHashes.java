package ai.luthier.server.models.hub;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The Hub's hashes, by another way than {@link BlobHash}. */
final class TestHashes {

    private TestHashes() {}

    static String of(byte[] content, String kind) {
        try {
            MessageDigest digest = MessageDigest.getInstance(kind);
            if (kind.equals("SHA-1")) {
                digest.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
            }
            return HexFormat.of().formatHex(digest.digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
