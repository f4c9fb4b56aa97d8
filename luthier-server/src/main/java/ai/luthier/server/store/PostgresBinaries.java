package ai.luthier.server.store;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's own programs ({@code initdb}, {@code pg_ctl}, {@code postgres}), unpacked once from the archive on the class path.
 *
 * <p>They land under a temporary name and are renamed when complete, so a folder with the final name is whole; of two that
 * unpack at once one wins and the other throws its copy away. The folder is named by the archive's checksum: another version
 * unpacks beside it.
 */
final class PostgresBinaries {

    private PostgresBinaries() {}

    /** Returns the folder with {@code bin}, {@code lib} and {@code share}, readable and executable by every user. */
    static Path unpack(Path parent) {
        URL archive = archive();
        try {
            Path home = parent.resolve("programs-" + checksum(archive));
            if (Files.isDirectory(home)) {
                return home;
            }
            Files.createDirectories(parent);
            Path temporary = Files.createTempDirectory(parent, ".unpacking-");
            try {
                extract(archive, temporary);
                letEveryonePass(temporary);
                moveOrYield(temporary, home);
            } finally {
                DurableFiles.deleteTree(temporary);
            }
            return home;
        } catch (IOException e) {
            throw new Internal(
                    ErrorCode.INTERNAL,
                    "data.directory",
                    "PostgreSQL's programs could not be unpacked into %s (%s); about 60 MB are needed there."
                            .formatted(parent, e),
                    e);
        }
    }

    /** The database may run as another user, whatever the umask of this one. */
    private static void letEveryonePass(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path folder : (Iterable<Path>) all.filter(Files::isDirectory)::iterator) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    private static void moveOrYield(Path temporary, Path home) throws IOException {
        try {
            Files.move(temporary, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(home)) {
                throw e;
            }
        }
    }

    private static URL archive() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "");
        String name = os.startsWith("mac") ? "/postgres-darwin-arm_64.txz" : "/postgres-linux-x86_64.txz";
        @Nullable URL url = PostgresBinaries.class.getResource(name);
        if (url == null) {
            throw new Internal(
                    ErrorCode.INTERNAL,
                    "database.url",
                    "This build carries no PostgreSQL for %s %s. Set LUTHIER_DATABASE_URL to a server of your own."
                            .formatted(os, arch));
        }
        return url;
    }

    private static String checksum(URL archive) throws IOException {
        if (archive.openConnection() instanceof JarURLConnection jar) {
            return HexFormat.of().toHexDigits((int) jar.getJarEntry().getCrc());
        }
        return Long.toHexString(archive.openConnection().getContentLengthLong());
    }

    private static void extract(URL archive, Path into) throws IOException {
        try (InputStream raw = archive.openStream();
                var tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(raw, 1 << 16)))) {
            @Nullable TarArchiveEntry entry;
            while ((entry = tar.getNextEntry()) != null) {
                Path target = into.resolve(entry.getName()).normalize();
                if (!target.startsWith(into)) {
                    throw new IOException("the archive names a file outside of itself: " + entry.getName());
                }
                unpack(tar, entry, target);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(DurableFiles.parent(target));
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, target);
        boolean runnable = (entry.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(runnable ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
