package ai.luthier.server.models.hub;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Unavailable;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file: bytes go to {@code NAME.part}, which grows over as many connections as it takes; it gets its name when its size and
 * its hash are right. One thread.
 */
final class FileDownload {

    private static final int MAX_CUTS = 5;
    private static final int BUFFER = 1 << 18;
    private static final Pattern FROM = Pattern.compile("bytes (\\d+)-.*");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    /** Is told of every piece. */
    interface Progress {
        void at(HubFile file, long done);
    }

    private final HubTransport transport;
    private final HubSettings settings;
    private final HubModelId model;
    private final String commit;
    private final Progress progress;

    FileDownload(HubTransport transport, HubSettings settings, HubModelId model, String commit, Progress progress) {
        this.transport = transport;
        this.settings = settings;
        this.model = model;
        this.commit = commit;
        this.progress = progress;
    }

    /**
     * The file in {@code folder}, fetched unless it is there.
     *
     * @throws UserError ({@link ErrorCode#INVALID_MODEL}) where what comes is twice not what the Hub told
     * @throws Unavailable where the connection breaks again and again; what came stays and is taken up by the next call
     */
    void fetch(HubFile listed, Path folder) throws IOException {
        Path target = folder.resolve(listed.name());
        if (Files.exists(target)) {
            progress.at(listed, Files.size(target));
            return;
        }
        Path part = folder.resolve(listed.name() + ".part");
        HubFile told = transferred(listed, part);
        Optional<String> wrong = wrong(told, part);
        if (wrong.isPresent()) {
            // A part of an earlier time may be what is broken; from the beginning it must be right.
            Files.delete(part);
            told = transferred(listed, part);
            wrong = wrong(told, part);
        }
        if (wrong.isPresent()) {
            Files.deleteIfExists(part);
            throw new UserError(
                    ErrorCode.INVALID_MODEL,
                    "model",
                    listed.name() + " of " + model + " is not what the Hub says it is: " + wrong.get()
                            + ". It came twice like that and was not kept; something on the way changes it.");
        }
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Optional<String> wrong(HubFile told, Path part) throws IOException {
        long size = Files.exists(part) ? Files.size(part) : 0;
        if (told.size() >= 0 && size != told.size()) {
            return Optional.of(size + " bytes came and not " + told.size());
        }
        if (told.hash().isEmpty()) {
            return Optional.empty();
        }
        String hash = BlobHash.of(part, told.hash().length());
        return hash.equals(told.hash())
                ? Optional.empty()
                : Optional.of("its hash is " + hash + " and not " + told.hash());
    }

    /** Fills the part; answers what the Hub told of the file, in its listing or with the answer. */
    private HubFile transferred(HubFile listed, Path part) throws IOException {
        HubFile told = listed;
        for (int cuts = 0; ; ) {
            long before = Files.exists(part) ? Files.size(part) : 0;
            if (before > 0 && before == told.size()) {
                return told;
            }
            IOException cut = null;
            try {
                told = connected(told, part, before);
            } catch (IOException e) {
                cut = e;
            }
            long after = Files.exists(part) ? Files.size(part) : 0;
            if (cut == null && (told.size() < 0 || after >= told.size())) {
                return told;
            }
            cuts = after > before ? 0 : cuts + 1;
            if (cuts == MAX_CUTS) {
                throw new Unavailable(
                        ErrorCode.UNAVAILABLE,
                        null,
                        "The connection broke at byte " + after + " of " + listed.name() + " of " + model
                                + " and does not come back (" + (cut == null ? "it ends early" : cut)
                                + "). What came is kept: the"
                                + " same command goes on there.",
                        cut);
            }
            HubTransport.pause(settings.pause().multipliedBy(1L << cuts));
        }
    }

    private HubFile connected(HubFile listed, Path part, long from) throws IOException {
        HubTransport.Answer answer =
                transport.get(model, "/" + model.repository() + "/resolve/" + commit + "/" + listed.name(), from);
        try (InputStream body = answer.body()) {
            if (answer.status() == 416) {
                Files.deleteIfExists(part); // the part is longer than the file
                return connected(listed, part, 0);
            }
            long start = answer.status() == 206 ? start(answer.headers(), from) : 0;
            HubFile told = told(listed, answer, start);
            write(body, part, start, told);
            return told;
        }
    }

    private static long start(HttpHeaders headers, long asked) throws IOException {
        Matcher range = FROM.matcher(headers.firstValue("Content-Range").orElse(""));
        if (!range.matches() || Long.parseLong(range.group(1)) != asked) {
            throw new IOException("the server answers another range than the one asked for");
        }
        return asked;
    }

    /** What the listing does not say, the headers may: {@code X-Linked-…} of large files, else those of the file itself. */
    private static HubFile told(HubFile listed, HubTransport.Answer answer, long start) {
        String tag = answer.first()
                .firstValue("X-Linked-Etag")
                .or(() -> answer.first().firstValue("ETag"))
                .map(value -> value.replaceFirst("^W/", "").replace("\"", ""))
                .filter(value -> HASH.matcher(value).matches())
                .orElse("");
        long rest = answer.headers().firstValueAsLong("Content-Length").orElse(-1);
        long linked = answer.first().firstValueAsLong("X-Linked-Size").orElse(rest < 0 ? -1 : start + rest);
        return new HubFile(
                listed.name(),
                listed.size() >= 0 ? listed.size() : linked,
                listed.hash().isEmpty() ? tag : listed.hash());
    }

    private void write(InputStream body, Path part, long start, HubFile told) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.truncate(start);
            channel.position(start);
            long done = start;
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                done += count;
                ByteBuffer piece = ByteBuffer.wrap(buffer, 0, count);
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
                progress.at(told, done);
                if (told.size() >= 0 && done > told.size()) {
                    return; // more than there is: what came is wrong
                }
            }
        }
    }
}
