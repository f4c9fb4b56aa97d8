package ai.luthier.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.api.LuthierException;
import ai.luthier.api.ResourceExhausted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DiskBlobStoreTest extends BlobStoreContract {

    private Path blobs() {
        return folder.resolve("blobs");
    }

    @Override
    BlobStore store() {
        return new DiskBlobStore(blobs());
    }

    @Override
    long count() {
        try (var files = Files.list(blobs())) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A disk with room for a few bytes. */
    private record SmallDisk(FileChannel file, int room) implements WritableByteChannel {

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            if (file.position() + bytes.remaining() > room) {
                throw new IOException("No space left on device");
            }
            return file.write(bytes);
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @Test
    void leavesNothingWhenTheDiskIsFull() {
        var store = new DiskBlobStore(blobs(), file -> new SmallDisk(file, 100_000));
        assertThatThrownBy(() -> store.write(content("x".repeat(200_000)), 1 << 20, ContentCheck.NONE))
                .isInstanceOf(ResourceExhausted.class)
                .hasMessageContaining("is full; nothing was stored")
                .extracting(e -> ((LuthierException) e).code())
                .isEqualTo(ErrorCode.DISK_FULL);
        assertThat(count()).isZero();
        assertThat(store.write(content("small"), 100, ContentCheck.NONE).bytes())
                .isEqualTo(5);
    }

    @Test
    void makesNoPathOfAnythingButItsOwnKeys() {
        var store = store();
        for (String key : Set.of("../secret", "blob-../../../../../../etc/p", "", "blob-short", "/etc/passwd")) {
            assertThatThrownBy(() -> store.open(key)).isInstanceOf(Internal.class);
            assertThatThrownBy(() -> store.delete(key)).isInstanceOf(Internal.class);
        }
    }

    @Test
    void sweepLeavesForeignFilesAlone() throws IOException {
        var store = store();
        Files.createFile(blobs().resolve("README"));
        Files.createFile(blobs().resolve(".upload-blob-of-a-crash"));
        store.sweep(Set.of());
        assertThat(blobs().resolve("README")).exists();
        assertThat(count()).isEqualTo(1);
    }
}
