/**
 * Files of the API: bytes on disk and a row that makes them exist.
 *
 * <p>Open {@link ai.luthier.server.files.FileService} first.
 *
 * <pre>{@code
 * var files = new FileService(database, new DiskBlobStore(directory.blobs()), clock, 512L << 20);
 * StoredFile file = files.upload(caller, new NewFile("train.jsonl", "fine-tune", Optional.empty()), body, ContentCheck.NONE);
 * try (InputStream content = files.open(caller, file.id())) { … }
 * }</pre>
 *
 * <p>Invariants: bytes are complete and synced before the row is committed, and the row is committed before the upload returns;
 * bytes without a row are garbage of a crash and go at the next start; an expired file is as good as deleted.
 *
 * <p>Threads: everything here may be used from any thread.
 */
@NullMarked
package ai.luthier.server.files;

import org.jspecify.annotations.NullMarked;
