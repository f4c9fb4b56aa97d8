package ai.luthier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * An API key that a command made for itself and keeps in the data directory, readable by its owner alone, so that what a
 * demo prints still works tomorrow. The server stores only its hash.
 */
final class LocalKey {

    private static final String FILE = "demo-key";
    private static final int BYTES = 30;

    private LocalKey() {}

    /** The key of this data directory, made at the first call. */
    static String of(Path dataDirectory) throws IOException {
        Files.createDirectories(dataDirectory);
        Path file = dataDirectory.resolve(FILE);
        if (Files.exists(file)) {
            return Files.readString(file).strip();
        }
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String key = "sk-" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, key + "\n");
        return key;
    }
}
