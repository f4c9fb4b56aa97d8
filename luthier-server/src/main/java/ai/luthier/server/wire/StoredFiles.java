package ai.luthier.server.wire;

import ai.luthier.api.wire.Deleted;
import ai.luthier.api.wire.FileObject;
import ai.luthier.api.wire.ListPage;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.files.FileService;
import ai.luthier.server.files.NewFile;
import ai.luthier.server.files.StoredFile;
import ai.luthier.server.http.Backend;
import ai.luthier.server.store.Page;
import ai.luthier.text.data.UploadCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/** Files of the {@link FileService} on the wire. */
final class StoredFiles implements Backend.Files {

    private final FileService files;

    StoredFiles(FileService files) {
        this.files = files;
    }

    @Override
    public FileObject upload(Caller caller, InputStream bytes, Supplier<Backend.FileDescription> description) {
        return wire(files.upload(caller, bytes, content -> described(content, description.get())));
    }

    /** At upload only what is not UTF-8 or not JSONL is refused; everything about rows is the job's to say. */
    private static NewFile described(Path content, Backend.FileDescription said) {
        if (said.purpose().equals("fine-tune")) {
            try (InputStream in = Files.newInputStream(content)) {
                UploadCheck.copy(in, OutputStream.nullOutputStream());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Long seconds = said.expiresAfter();
        return new NewFile(said.filename(), said.purpose(), seconds == null ? null : Duration.ofSeconds(seconds));
    }

    @Override
    public ListPage<FileObject> list(Caller caller, Backend.FileQuery query) {
        Page<StoredFile> page = files.list(caller, query.purpose(), query.after(), query.limit(), !query.ascending());
        return ListPage.withIds(page.map(StoredFiles::wire).items(), page.hasMore(), FileObject::id);
    }

    @Override
    public FileObject retrieve(Caller caller, String id) {
        return wire(files.get(caller, id));
    }

    @Override
    public Backend.Content content(Caller caller, String id) {
        StoredFile file = files.get(caller, id);
        return new Backend.Content(files.open(caller, id), file.bytes(), file.filename(), file.purpose());
    }

    @Override
    public Deleted delete(Caller caller, String id) {
        files.delete(caller, id);
        return Deleted.file(id);
    }

    private static FileObject wire(StoredFile file) {
        return new FileObject(
                file.id(),
                file.bytes(),
                file.createdAt().getEpochSecond(),
                file.expiresAt() == null ? null : file.expiresAt().getEpochSecond(),
                file.filename(),
                file.purpose(),
                "processed",
                null);
    }
}
