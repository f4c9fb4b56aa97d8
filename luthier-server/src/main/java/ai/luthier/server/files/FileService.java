package ai.luthier.server.files;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Unavailable;
import ai.luthier.api.UserError;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.Ids;
import ai.luthier.server.store.Page;
import ai.luthier.server.store.Rows;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Uploads, lists, reads and deletes files of an organisation.
 *
 * <p>Order of events: bytes synced, row committed, return; on deletion row first, bytes after. So a crash leaves at most bytes
 * without a row, which {@link #sweep} removes at the next start. Safe for any thread.
 */
public final class FileService {

    private final Database database;
    private final BlobStore blobs;
    private final Clock clock;
    private final long maxBytes;

    /** @param maxBytes most bytes of one file */
    public FileService(Database database, BlobStore blobs, Clock clock, long maxBytes) {
        this.database = database;
        this.blobs = blobs;
        this.clock = clock;
        this.maxBytes = maxBytes;
    }

    /**
     * Stores what {@code content} yields. The file exists, also after a power cut, when this returns; nothing of it exists when this
     * throws.
     *
     * @throws ClientGone when the content breaks off
     * @throws UserError {@code FILE_TOO_LARGE}, or what {@code check} refuses with
     * @throws ai.luthier.api.ResourceExhausted {@code DISK_FULL}
     */
    public StoredFile upload(Caller caller, NewFile file, InputStream content, ContentCheck check) {
        StagedFile staged = stage(caller, file, content, check);
        insert(staged);
        return staged.file();
    }

    /**
     * Stores the bytes alone, for a file whose row is to be committed together with something else, see {@link FileRows#insert}. Until
     * then no query shows it; if that never happens, the next start removes the bytes.
     */
    public StagedFile stage(Caller caller, NewFile file, InputStream content, ContentCheck check) {
        Blob blob = blobs.write(content, maxBytes, check);
        return staged(caller, file, blob);
    }

    /**
     * As {@link #upload(Caller, NewFile, InputStream, ContentCheck)}, for a sender that says what a file is after its bytes: a form may
     * name the purpose last.
     *
     * @param describe called with the complete bytes, for reading only; its exception refuses them
     */
    public StoredFile upload(Caller caller, InputStream content, Function<Path, NewFile> describe) {
        var described = new AtomicReference<@Nullable NewFile>();
        Blob blob = blobs.write(content, maxBytes, bytes -> described.set(describe.apply(bytes)));
        StagedFile staged =
                staged(caller, Objects.requireNonNull(described.get(), "a blob store asks its check"), blob);
        insert(staged);
        return staged.file();
    }

    private StagedFile staged(Caller caller, NewFile file, Blob blob) {
        var now = Rows.now(clock);
        return new StagedFile(
                new StoredFile(
                        Ids.file(),
                        caller.organizationId(),
                        caller.projectId(),
                        file.filename(),
                        file.purpose(),
                        blob.key(),
                        blob.bytes(),
                        now,
                        file.expiresAfter() == null ? null : now.plus(file.expiresAfter())),
                blob);
    }

    private void insert(StagedFile staged) {
        try {
            database.writeRepeatable(handle -> FileRows.insert(handle, staged));
        } catch (Unavailable e) {
            // The database may have committed before it went away; the next start sweeps the bytes if it has not.
            throw e;
        } catch (RuntimeException e) {
            blobs.delete(staged.file().blobKey());
            throw e;
        }
    }

    /**
     * Files of the organisation.
     *
     * @param purpose only these; null means all
     * @param after id of the last file of the page before; null means from the start
     * @param limit 0 or more
     * @param newestFirst the order of the list
     * @throws UserError {@code FILE_NOT_FOUND} for an {@code after} that does not exist
     */
    public Page<StoredFile> list(
            Caller caller, @Nullable String purpose, @Nullable String after, int limit, boolean newestFirst) {
        return database.read(handle -> {
            if (after != null
                    && FileRows.find(handle, caller, after, Rows.now(clock)).isEmpty()) {
                throw notFound(after, "after");
            }
            List<StoredFile> found =
                    FileRows.list(handle, caller, purpose, after, limit + 1, newestFirst, Rows.now(clock));
            return Page.cut(found, limit);
        });
    }

    /** @throws UserError {@code FILE_NOT_FOUND} */
    public StoredFile get(Caller caller, String id) {
        return find(caller, id).orElseThrow(() -> notFound(id, "id"));
    }

    public Optional<StoredFile> find(Caller caller, String id) {
        return database.read(handle -> FileRows.find(handle, caller, id, Rows.now(clock)));
    }

    /**
     * The bytes; the caller closes them.
     *
     * @throws UserError {@code FILE_NOT_FOUND}
     */
    public InputStream open(Caller caller, String id) {
        StoredFile file = get(caller, id);
        try {
            return blobs.open(file.blobKey());
        } catch (IOException e) {
            throw notFound(id, "id");
        }
    }

    /**
     * Puts the bytes of a file at {@code target} for a job to work on; they stay there when the file is deleted.
     *
     * @throws UserError {@code FILE_NOT_FOUND}, also when the file was deleted since the job was made
     */
    public StoredFile place(Caller caller, String id, Path target) {
        StoredFile file = get(caller, id);
        try {
            blobs.place(file.blobKey(), target);
        } catch (IOException e) {
            throw notFound(id, "id");
        }
        return file;
    }

    /**
     * Removes a file.
     *
     * @throws UserError {@code FILE_NOT_FOUND}, also the second time
     */
    public void delete(Caller caller, String id) {
        String key = database.write(handle -> FileRows.delete(handle, caller, id, Rows.now(clock)))
                .orElseThrow(() -> notFound(id, "id"));
        blobs.delete(key);
    }

    /** Removes files whose time is over; call it now and then. */
    public int removeExpired() {
        List<String> keys = database.write(handle -> FileRows.deleteExpired(handle, Rows.now(clock)));
        keys.forEach(blobs::delete);
        return keys.size();
    }

    /** Removes bytes that no row knows; call it at the start of a server, before it takes requests. */
    public void sweep() {
        blobs.sweep(database.read(FileRows::blobKeys));
    }

    private static UserError notFound(String id, String param) {
        return new UserError(ErrorCode.FILE_NOT_FOUND, param, "No such File object: " + id);
    }
}
