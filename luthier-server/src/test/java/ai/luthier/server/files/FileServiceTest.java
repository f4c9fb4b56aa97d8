package ai.luthier.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.LuthierException;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.accounts.KeyService;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.OtherOrganization;
import ai.luthier.server.store.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileServiceTest {

    /** A clock that stands still until a test moves it. */
    private static final class Hand extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private final Hand clock = new Hand();
    private Database database;
    private FileService files;
    private Caller caller;
    private Path blobs;

    @BeforeEach
    void open(@TempDir Path folder) {
        database = TestDatabase.open();
        blobs = folder.resolve("blobs");
        files = new FileService(database, new DiskBlobStore(blobs), clock, 1 << 20);
        caller = new KeyService(database, clock, "personal").owner();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private StoredFile upload(String name, String purpose, @Nullable Duration expires) {
        return files.upload(
                caller, new NewFile(name, purpose, expires), BlobStoreContract.content(name), ContentCheck.NONE);
    }

    private long blobs() throws IOException {
        try (var all = Files.list(blobs)) {
            return all.count();
        }
    }

    @Test
    void anUploadedFileCanBeReadAndDeletedOnce() throws IOException {
        StoredFile file = upload("träning.jsonl", "fine-tune", null);
        assertThat(file.id()).matches("file-[A-Za-z0-9]{24}");
        assertThat(files.get(caller, file.id())).isEqualTo(file);
        try (var in = files.open(caller, file.id())) {
            assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("träning.jsonl");
        }
        files.delete(caller, file.id());
        assertThat(blobs()).isZero();
        for (Runnable again : List.<Runnable>of(
                () -> files.delete(caller, file.id()),
                () -> files.get(caller, file.id()),
                () -> files.open(caller, file.id()))) {
            assertThatThrownBy(again::run)
                    .hasMessage("No such File object: " + file.id())
                    .extracting(e -> ((LuthierException) e).code())
                    .isEqualTo(ErrorCode.FILE_NOT_FOUND);
        }
    }

    @Test
    void pagesAreStable_alsoWithinOneMoment() {
        List<String> ids = IntStream.range(0, 5)
                .mapToObj(i -> upload("f" + i, "fine-tune", null).id())
                .toList();
        assertThat(walk(true)).isEqualTo(ids.reversed());
        assertThat(walk(false)).isEqualTo(ids);
        assertThat(files.list(caller, null, null, 0, true)).satisfies(page -> {
            assertThat(page.items()).isEmpty();
            assertThat(page.hasMore()).isTrue();
        });
        upload("other", "user_data", null);
        assertThat(files.list(caller, "user_data", null, 10, true).items())
                .extracting(StoredFile::filename)
                .containsExactly("other");
        assertThatThrownBy(() -> files.list(caller, null, "file-none", 1, true)).hasMessageContaining("file-none");
    }

    private List<String> walk(boolean newestFirst) {
        List<String> seen = new ArrayList<>();
        @Nullable String after = null;
        while (true) {
            var page = files.list(caller, null, after, 2, newestFirst);
            page.items().forEach(file -> seen.add(file.id()));
            if (!page.hasMore()) {
                return seen;
            }
            after = seen.getLast();
        }
    }

    @Test
    void anExpiredFileIsGone_beforeAnybodyCleansUp() throws IOException {
        StoredFile file = upload("short", "fine-tune", Duration.ofHours(1));
        StoredFile stays = upload("long", "fine-tune", null);
        assertThat(file.expiresAt()).isEqualTo("2026-01-01T01:00:00Z");
        clock.now = clock.now.plus(Duration.ofMinutes(59));
        assertThat(files.find(caller, file.id())).isPresent();
        clock.now = clock.now.plus(Duration.ofMinutes(1));
        assertThat(files.find(caller, file.id())).isEmpty();
        assertThat(files.list(caller, null, null, 10, true).items()).containsExactly(stays);
        assertThat(blobs()).isEqualTo(2);
        assertThat(files.removeExpired()).isEqualTo(1);
        assertThat(blobs()).isEqualTo(1);
    }

    @Test
    void aStagedFileDoesNotExistYet_andIsSweptAway() throws IOException {
        StagedFile staged = files.stage(
                caller,
                new NewFile("r.csv", "fine-tune-results", null),
                BlobStoreContract.content("x"),
                ContentCheck.NONE);
        StoredFile kept = upload("kept", "fine-tune", null);
        assertThat(files.find(caller, staged.file().id())).isEmpty();
        files.sweep();
        assertThat(blobs()).isEqualTo(1);
        files.open(caller, kept.id()).close();
    }

    @Test
    void bytesAreRemoved_whenTheirRowIsRefused() throws IOException {
        assertThatThrownBy(() -> upload("nul\0", "fine-tune", null)).hasMessageContaining("NUL character");
        assertThat(blobs()).isZero();
    }

    @Test
    void anotherOrganizationSeesNothing(@TempDir Path run) {
        StoredFile file = upload("mine", "fine-tune", null);
        Caller stranger = OtherOrganization.in(database);
        assertThat(files.list(stranger, null, null, 10, true).items()).isEmpty();
        for (Runnable attempt : List.<Runnable>of(
                () -> files.get(stranger, file.id()),
                () -> files.open(stranger, file.id()),
                () -> files.delete(stranger, file.id()),
                () -> files.place(stranger, file.id(), run.resolve("x")),
                () -> files.list(stranger, null, file.id(), 1, true))) {
            assertThatThrownBy(attempt::run).hasMessage("No such File object: " + file.id());
        }
        assertThat(files.find(caller, file.id())).isPresent();
    }
}
