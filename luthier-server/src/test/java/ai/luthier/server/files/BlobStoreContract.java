package ai.luthier.server.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.LuthierException;
import ai.luthier.api.UserError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link BlobStore} does. */
abstract class BlobStoreContract {

    @TempDir
    Path folder;

    /** A store that is empty. */
    abstract BlobStore store();

    /** Number of things in the store, temporary ones included. */
    abstract long count();

    static InputStream content(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    @Test
    void givesBackWhatItTook() throws IOException {
        BlobStore store = store();
        Blob blob = store.write(content("hello"), 100, ContentCheck.NONE);
        assertThat(blob.bytes()).isEqualTo(5);
        assertThat(blob.sha256()).isEqualTo("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        try (var in = store.open(blob.key())) {
            assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("hello");
        }
        Path placed = folder.resolve("placed");
        store.place(blob.key(), placed);
        store.place(blob.key(), placed);
        store.delete(blob.key());
        store.delete(blob.key());
        assertThat(placed).as("what was placed stays").hasContent("hello");
        assertThatThrownBy(() -> store.open(blob.key())).isInstanceOf(IOException.class);
        assertThat(count()).isZero();
    }

    @Test
    void leavesNothingOfAnUploadThatBreaksOff() {
        var broken = new InputStream() {
            private int left = 3;

            @Override
            public int read() {
                throw new AssertionError("reads in pieces");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (left-- == 0) {
                    throw new IOException("connection reset");
                }
                return length;
            }
        };
        BlobStore store = store();
        assertThatThrownBy(() -> store.write(broken, 1 << 20, ContentCheck.NONE))
                .isInstanceOf(ClientGone.class);
        assertThat(count()).isZero();
    }

    @Test
    void leavesNothingOfAFileThatIsTooLarge() {
        BlobStore store = store();
        assertThat(store.write(content("12345"), 5, ContentCheck.NONE).bytes()).isEqualTo(5);
        assertThatThrownBy(() -> store.write(content("123456"), 5, ContentCheck.NONE))
                .hasMessageContaining("larger than 5 bytes")
                .extracting(e -> ((LuthierException) e).code())
                .isEqualTo(ErrorCode.FILE_TOO_LARGE);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void leavesNothingOfARefusedFile() {
        BlobStore store = store();
        ContentCheck refuse = path -> {
            assertThat(path).hasContent("bad");
            assertThat(Files.isReadable(path)).isTrue();
            throw new UserError(ErrorCode.INVALID_FILE, "file", "no");
        };
        assertThatThrownBy(() -> store.write(content("bad"), 100, refuse)).hasMessage("no");
        assertThat(count()).isZero();
    }

    @Test
    void sweepsAwayWhatNobodyKnows() throws IOException {
        BlobStore store = store();
        Blob known = store.write(content("known"), 100, ContentCheck.NONE);
        Blob orphan = store.write(content("orphan"), 100, ContentCheck.NONE);
        store.sweep(Set.of(known.key()));
        store.open(known.key()).close();
        assertThatThrownBy(() -> store.open(orphan.key())).isInstanceOf(IOException.class);
    }
}
