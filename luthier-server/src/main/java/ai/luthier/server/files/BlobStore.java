package ai.luthier.server.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Set;

/**
 * Where bytes live. A blob is written once, in full, and never changed; its key is made here and says nothing about its content.
 *
 * <p>Implementations are safe for any thread.
 */
public interface BlobStore {

    /**
     * Stores everything that {@code content} yields, and returns when it would survive a power cut. Nothing is left behind when this
     * throws.
     *
     * @param limit most bytes that are taken
     * @param check looks at the bytes before they count; its exception refuses them
     * @throws ClientGone when {@code content} breaks off
     * @throws ai.luthier.api.UserError {@code FILE_TOO_LARGE}, or what {@code check} throws
     * @throws ai.luthier.api.ResourceExhausted {@code DISK_FULL}
     */
    Blob write(InputStream content, long limit, ContentCheck check);

    /**
     * The bytes of a blob.
     *
     * @throws IOException when they are not there
     */
    InputStream open(String key) throws IOException;

    /**
     * Puts the bytes at {@code target}, without copying where the disk allows that.
     *
     * @throws IOException when they are not there
     */
    void place(String key, Path target) throws IOException;

    /** Removes a blob; one that is not there is no error. */
    void delete(String key);

    /** Removes everything but {@code known}: what a crash left between bytes and row. Call it before others write. */
    void sweep(Set<String> known);
}
