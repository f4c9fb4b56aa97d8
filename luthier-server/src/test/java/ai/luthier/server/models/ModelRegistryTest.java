package ai.luthier.server.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Conflict;
import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.api.LuthierException;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.accounts.KeyService;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.OtherOrganization;
import ai.luthier.server.store.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRegistryTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private Database database;
    private ModelRegistry registry;
    private Caller caller;

    @BeforeEach
    void open(@TempDir Path folder) {
        database = TestDatabase.open();
        registry = new ModelRegistry(database, folder.resolve("models"));
        caller = new KeyService(database, Clock.systemUTC(), "personal").owner();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private PublishedModel publish(String id) throws IOException {
        var model = new PublishedModel(
                id,
                caller.organizationId(),
                caller.projectId(),
                "davinci-002",
                PublishedModel.Kind.TUNED,
                null,
                registry.newFolder(),
                NOW);
        Files.createDirectories(registry.folder(model));
        Files.writeString(registry.folder(model).resolve("adapter_config.json"), "{}");
        database.writeRepeatable(handle -> {
            ModelRegistry.insert(handle, model);
            return true;
        });
        return model;
    }

    private void missing(Caller who, String id) {
        for (Runnable attempt : List.<Runnable>of(() -> registry.get(who, id), () -> registry.delete(who, id))) {
            assertThatThrownBy(attempt::run)
                    .hasMessage("The model `" + id + "` does not exist or you do not have access to it.")
                    .extracting(e -> ((LuthierException) e).code())
                    .isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        }
    }

    @Test
    void aModelIsFound_listed_andDeletedOnceWithItsFolder() throws IOException {
        PublishedModel one = publish("ft:davinci-002:personal::AAAAAAAA");
        PublishedModel two = publish("ft:davinci-002:personal::BBBBBBBB");
        assertThat(registry.get(caller, one.id())).isEqualTo(one);
        assertThat(registry.list(caller)).containsExactly(two, one);
        registry.delete(caller, one.id());
        assertThat(registry.folder(one)).doesNotExist();
        assertThat(registry.folder(two)).exists();
        missing(caller, one.id());
    }

    @Test
    void anotherOrganizationSeesNothing() throws IOException {
        PublishedModel mine = publish("ft:davinci-002:personal::AAAAAAAA");
        Caller stranger = OtherOrganization.in(database);
        missing(stranger, mine.id());
        assertThat(registry.list(stranger)).isEmpty();
        assertThat(registry.folder(mine)).exists();
    }

    @Test
    void sweepsFoldersWithoutARow_andNothingElse() throws IOException {
        PublishedModel kept = publish("ft:davinci-002:personal::AAAAAAAA");
        Path orphan = Files.createDirectories(registry.folder(registry.newFolder()));
        Path foreign = Files.createDirectory(orphan.resolveSibling("notes"));
        registry.sweep();
        assertThat(registry.folder(kept)).exists();
        assertThat(orphan).doesNotExist();
        assertThat(foreign).exists();
    }

    @Test
    void makesNoPathOfAnythingButItsOwnNames() {
        assertThatThrownBy(() -> registry.folder("../blobs")).isInstanceOf(Internal.class);
    }

    @Test
    void ownersBasesAreAdded_replaced_andRemoved() {
        var bases = new AddedBases(database);
        var smol = new AddedBase("smollm2", "/models/smol", null, List.of("gpt-4o-mini", "tiny"), NOW);
        var stories = new AddedBase("stories", "/models/stories", "/t.jinja", List.of(), NOW);
        bases.add(smol);
        bases.add(stories);
        assertThat(bases.list()).containsExactly(smol, stories);

        var moved = new AddedBase("stories", "/models/stories2", null, List.of("tiny"), NOW);
        bases.add(moved);
        bases.add(moved);
        assertThat(bases.list())
                .containsExactly(new AddedBase("smollm2", "/models/smol", null, List.of("gpt-4o-mini"), NOW), moved);
        assertThatThrownBy(() -> bases.add(new AddedBase("tiny", "/x", null, List.of(), NOW)))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("'tiny' is an alias of another base");
        bases.remove("stories");
        assertThat(bases.list()).hasSize(1);
        assertThatThrownBy(() -> bases.remove("stories")).hasMessageContaining("No base named 'stories'");
    }
}
