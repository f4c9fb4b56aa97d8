package ai.luthier.server.models.hub;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.ResourceExhausted;
import ai.luthier.api.Unavailable;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Brings a model to this machine.
 *
 * <p>The listing of a revision names its commit, and the folder is that commit's: {@code models--org--name/snapshots/COMMIT}. So a
 * download that was cut goes on with the very files it began with, and a folder that is whole stays right when the branch moves on.
 */
public final class HubDownload {

    private static final int MAX_LISTING = 16 << 20;
    private static final int MAX_TRIES = 4;

    private final HubSettings settings;
    private final HubTransport transport;

    public HubDownload(HubSettings settings) {
        this.settings = settings;
        this.transport = new HubTransport(settings);
    }

    /** Is told how far the file at hand is. */
    @FunctionalInterface
    public interface Progress {
        /** {@code total} is -1 where the Hub does not tell it; both are bytes. */
        void at(String file, long done, long total);
    }

    /**
     * The folder of the model: in the Hub's own cache where it lies there whole, else below {@code root}, fetched as far as it is
     * not there.
     *
     * @throws UserError where there is no such model, it is not open to the token, it has no safetensors, or a file is not what the
     *     Hub says
     * @throws Unavailable where the Hub cannot be reached; what came is kept
     */
    public Path fetch(HubModelId model, Path root, Progress progress) {
        Optional<Path> cached = new HubCache(settings.cache()).find(model);
        if (cached.isPresent()) {
            return cached.get();
        }
        try {
            HubListing listing = listing(model);
            Path folder = root.resolve(model.folder()).resolve("snapshots").resolve(listing.commit());
            Files.createDirectories(folder);
            room(listing, folder);
            FileDownload download = new FileDownload(
                    transport,
                    settings,
                    model,
                    listing.commit(),
                    (file, done) -> progress.at(file.name(), done, file.size()));
            for (HubFile file : listing.files()) {
                download.fetch(file, folder);
            }
            return folder.toAbsolutePath().normalize();
        } catch (IOException e) {
            throw new Unavailable(
                    ErrorCode.UNAVAILABLE,
                    null,
                    model + " cannot be fetched from " + settings.endpoint() + ": " + e,
                    e);
        }
    }

    private HubListing listing(HubModelId model) throws IOException {
        String path = "/api/models/" + model.repository() + "/revision/"
                + URLEncoder.encode(model.revision(), StandardCharsets.UTF_8) + "?blobs=true";
        for (int tries = 1; ; tries++) {
            try (InputStream body = transport.get(model, path, 0).body()) {
                byte[] answer = body.readNBytes(MAX_LISTING + 1);
                if (answer.length > MAX_LISTING) {
                    throw new UserError(ErrorCode.INVALID_MODEL, "model", model + ": the Hub's listing has no end.");
                }
                return HubListing.parse(model, answer);
            } catch (IOException e) {
                if (tries == MAX_TRIES) {
                    throw e;
                }
                HubTransport.pause(settings.pause().multipliedBy(1L << tries));
            }
        }
    }

    private static void room(HubListing listing, Path folder) throws IOException {
        long needed = 0;
        for (HubFile file : listing.files()) {
            long there = 0;
            for (String name : new String[] {file.name(), file.name() + ".part"}) {
                Path path = folder.resolve(name);
                there += Files.exists(path) ? Files.size(path) : 0;
            }
            needed += Math.max(0, file.size() - there);
        }
        long free = Files.getFileStore(folder).getUsableSpace();
        if (needed > free) {
            throw new ResourceExhausted(
                    ErrorCode.DISK_FULL,
                    null,
                    "The model needs " + (needed >> 20) + " MB more and " + folder + " has " + (free >> 20)
                            + " MB left.");
        }
    }
}
