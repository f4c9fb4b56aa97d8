package ai.luthier.nano;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The embedded model as a directory on disk, where it can be mapped like any other.
 *
 * <p>The folder is named after the hash of its files, so a new version of the model never overwrites one that is in use, and what
 * is there under the right name is whole: it is written beside, forced to disk, and renamed. Safe for any thread and for
 * several processes at once.
 */
public final class NanoModel {

    /** Its name in the catalogue. */
    public static final String ID = "luthier-nano";

    /** Of the weights; {@code luthier-nano/README.md} is their model card. */
    public static final String LICENCE = "apache-2.0";

    private static final List<String> FILES = List.of(
            "model.safetensors",
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "chat_template.jinja");

    private NanoModel() {}

    /** The model's directory inside {@code cache}, written first where it is not there yet. */
    public static Path unpack(Path cache) throws IOException {
        Path target = cache.resolve(ID + "-" + hash().substring(0, 16));
        if (Files.isDirectory(target)) {
            return target;
        }
        Files.createDirectories(cache);
        Path partial = Files.createTempDirectory(cache, "." + ID);
        try {
            for (String name : FILES) {
                copy(name, partial.resolve(name));
            }
            force(partial);
            publish(partial, target);
            force(cache);
        } finally {
            delete(partial);
        }
        return target;
    }

    /** SHA-256 over the model's files, hexadecimal. */
    public static String hash() throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String name : FILES) {
                try (InputStream file = open(name)) {
                    digest.update(name.getBytes(StandardCharsets.UTF_8));
                    file.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream file = NanoModel.class.getResourceAsStream(name);
        if (file == null) {
            throw new FileNotFoundException("the file " + name + " of " + ID + " is missing in this build");
        }
        return file;
    }

    private static void copy(String name, Path target) throws IOException {
        try (InputStream file = open(name)) {
            Files.copy(file, target);
        }
        force(target);
    }

    private static void publish(Path partial, Path target) throws IOException {
        try {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException refused) {
            // Another process may have been faster; its copy is the same.
            if (!Files.isDirectory(target)) {
                throw refused;
            }
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }
}
