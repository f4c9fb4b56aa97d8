package ai.luthier.server.files;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.api.ResourceExhausted;
import ai.luthier.api.UserError;
import ai.luthier.server.store.DurableFiles;
import ai.luthier.server.store.Ids;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Blobs as files of one folder: written under a temporary name, synced, renamed, and the folder synced.
 *
 * <p>Blobs are read-only, so {@link #place} hands them out as hard links. Keys come from {@link Ids} and are checked again here,
 * so that no path is ever made of something a client sent.
 */
public final class DiskBlobStore implements BlobStore {

    private static final Pattern KEY = Pattern.compile("blob-[A-Za-z0-9]{24}");
    private static final String TEMPORARY = ".upload-";
    private static final int BUFFER = 1 << 16;

    private final Path folder;
    private final Disk disk;

    /** @param folder made where it is missing */
    public DiskBlobStore(Path folder) {
        this(folder, channel -> channel);
    }

    DiskBlobStore(Path folder, Disk disk) {
        this.folder = folder;
        this.disk = disk;
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        } catch (IOException e) {
            throw new Internal(ErrorCode.INTERNAL, "data.directory", "Cannot make the folder " + folder + ": " + e, e);
        }
    }

    /** What stands between us and the platter; tests put a full one here. */
    interface Disk {
        WritableByteChannel wrap(FileChannel channel);
    }

    @Override
    public Blob write(InputStream content, long limit, ContentCheck check) {
        String key = Ids.blob();
        Path temporary = folder.resolve(TEMPORARY + key);
        try {
            MessageDigest digest = sha256();
            long bytes = copy(content, temporary, limit, digest);
            check.check(temporary);
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("r--------"));
            Files.move(temporary, folder.resolve(key), StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.syncFolder(folder);
            return new Blob(key, bytes, HexFormat.of().formatHex(digest.digest()));
        } catch (IOException e) {
            throw diskFailure(e);
        } finally {
            remove(temporary);
        }
    }

    private long copy(InputStream content, Path target, long limit, MessageDigest digest) throws IOException {
        long total = 0;
        var buffer = new byte[BUFFER];
        try (var file = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var out = disk.wrap(file);
            int count;
            while ((count = read(content, buffer)) >= 0) {
                total += count;
                if (total > limit) {
                    throw new UserError(
                            ErrorCode.FILE_TOO_LARGE,
                            "file",
                            "The file is larger than %d bytes, the most this server takes (files.maxBytes)."
                                    .formatted(limit));
                }
                digest.update(buffer, 0, count);
                var piece = ByteBuffer.wrap(buffer, 0, count);
                while (piece.hasRemaining()) {
                    out.write(piece);
                }
            }
            file.force(true);
        }
        return total;
    }

    private static int read(InputStream content, byte[] buffer) {
        try {
            return content.read(buffer);
        } catch (IOException e) {
            throw new ClientGone(e);
        }
    }

    @Override
    public InputStream open(String key) throws IOException {
        return Files.newInputStream(path(key));
    }

    @Override
    public void place(String key, Path target) throws IOException {
        Files.deleteIfExists(target);
        try {
            Files.createLink(target, path(key));
        } catch (UnsupportedOperationException | IOException e) {
            // Another disk, or one without links.
            Files.copy(path(key), target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public void delete(String key) {
        remove(path(key));
    }

    @Override
    public void sweep(Set<String> known) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                String name = file.getFileName().toString();
                boolean ours = KEY.matcher(name).matches() || name.startsWith(TEMPORARY);
                if (ours && !known.contains(name)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new Internal(ErrorCode.INTERNAL, null, "Cannot clean the folder " + folder + ": " + e, e);
        }
    }

    private Path path(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new Internal(ErrorCode.INTERNAL, null, "Not a blob key: " + key);
        }
        return folder.resolve(key);
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new Internal(ErrorCode.INTERNAL, null, "Cannot remove " + file + ": " + e, e);
        }
    }

    private RuntimeException diskFailure(IOException failure) {
        String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (text.contains("no space left") || text.contains("quota exceeded") || noSpace()) {
            return new ResourceExhausted(
                    ErrorCode.DISK_FULL,
                    null,
                    "The disk of %s is full; nothing was stored. Free some space and upload again.".formatted(folder),
                    failure);
        }
        return new Internal(ErrorCode.INTERNAL, null, "Cannot write to " + folder + ": " + failure, failure);
    }

    /** The operating system says why in the language of the machine; that nothing is left is the same in all of them. */
    private boolean noSpace() {
        try {
            return Files.getFileStore(folder).getUsableSpace() < BUFFER;
        } catch (IOException e) {
            return false;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new Internal(ErrorCode.INTERNAL, null, "This Java runtime has no SHA-256", e);
        }
    }
}
