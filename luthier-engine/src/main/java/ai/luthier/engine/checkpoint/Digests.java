package ai.luthier.engine.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Hashes of files, in hexadecimal. */
public final class Digests {

    private Digests() {}

    /** Of the file's bytes where there is one file; of the lines of hexadecimal digests where there are several. */
    static String sha256(List<Path> files) throws IOException {
        if (files.size() == 1) {
            return sha256(files.getFirst());
        }
        StringBuilder lines = new StringBuilder();
        for (Path file : files) {
            lines.append(sha256(file)).append('\n');
        }
        MessageDigest digest = digest("SHA-256");
        digest.update(lines.toString().getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String sha256(Path file) throws IOException {
        return of(digest("SHA-256"), file);
    }

    /** Of what the digest has seen already and the file's bytes after it; the digest is used up. */
    public static String of(MessageDigest digest, Path file) throws IOException {
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A digest of an algorithm that every Java platform has. */
    public static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
