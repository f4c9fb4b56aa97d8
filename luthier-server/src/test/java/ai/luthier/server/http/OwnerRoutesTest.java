package ai.luthier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.nano.NanoModel;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.store.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and bases over HTTP: for the owner, and for nobody else. */
class OwnerRoutesTest {

    @TempDir
    private Path folder;

    private WiredServer server;
    private Client owner;

    @BeforeEach
    void start() {
        server = new WiredServer(folder.resolve("server"));
        owner = new Client(
                server.api.port(),
                server.keys.create("owner", Caller.Role.ADMIN).secret());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Path model() throws IOException {
        return NanoModel.unpack(folder.resolve("models"));
    }

    private Client.Reply addBase(String id, Path directory, String aliases) {
        return owner.post(
                "/luthier/models",
                "{\"id\":\"%s\",\"directory\":\"%s\",\"aliases\":%s}".formatted(id, directory, aliases));
    }

    @Test
    void keysOfApplications_areRefused() {
        for (String path : new String[] {"/luthier/keys", "/luthier/models"}) {
            Client.Reply reply = server.client.get(path);
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.error().path("code").asString()).isEqualTo("permission_denied");
            assertThat(new Client(server.api.port(), "sk-unknown-key-1234567890")
                            .get(path)
                            .status())
                    .isEqualTo(401);
        }
        assertThat(server.client.post("/luthier/keys", "{\"role\":\"admin\"}").status())
                .isEqualTo(403);
    }

    @Test
    void aKeyIsMade_worksAtOnce_isListedWithoutItsSecret_andIsRevoked() {
        var made = owner.post("/luthier/keys", "{\"name\":\"shop\"}").json();
        String secret = made.path("value").asString();
        Client shop = new Client(server.api.port(), secret);
        assertThat(shop.get("/v1/models").status()).isEqualTo(200);
        assertThat(shop.get("/luthier/keys").status()).isEqualTo(403);

        Client.Reply list = owner.get("/luthier/keys");
        assertThat(list.text()).contains("\"name\":\"shop\"").doesNotContain(secret);

        assertThat(owner.delete("/luthier/keys/" + made.path("id").asString()).status())
                .isEqualTo(200);
        assertThat(shop.get("/v1/models").status()).isEqualTo(401);
        assertThat(owner.delete("/luthier/keys/" + made.path("id").asString()).status())
                .isEqualTo(404);
    }

    @Test
    void aShortKeyIsTakenOver_withAWarning() {
        var added = owner.post("/luthier/keys", "{\"value\":\"sk-short-1\"}").json();
        assertThat(added.path("warning").asString()).contains("only 10 characters");
        assertThat(added.has("value")).isFalse();
        assertThat(new Client(server.api.port(), "sk-short-1").get("/v1/models").status())
                .isEqualTo(200);

        var long24 = owner.post("/luthier/keys", "{\"value\":\"sk-0123456789-abcdefghij\"}")
                .json();
        assertThat(long24.has("warning")).isFalse();
    }

    @Test
    void whatTheBodyHasWrong_isNamed() {
        assertThat(owner.post("/luthier/keys", "{\"nmae\":\"x\"}")
                        .error()
                        .path("message")
                        .asString())
                .isEqualTo("Unrecognized request argument supplied: nmae");
        assertThat(owner.post("/luthier/keys", "[]").status()).isEqualTo(400);
        assertThat(owner.post("/luthier/keys", "{\"role\":\"king\"}").status()).isEqualTo(400);
        assertThat(owner.post("/luthier/models", "{\"directory\":\"/x\"}")
                        .error()
                        .path("param")
                        .asString())
                .isEqualTo("id");
    }

    @Test
    void aBaseIsAdded_isKnownToTheApi_andIsTakenOut() throws IOException {
        var added =
                addBase("team/stories", model(), "[\"tales\",\"gpt-4o-mini\"]").json();
        assertThat(added.path("chats").asBoolean()).isTrue();
        assertThat(added.path("training_context").asInt()).isEqualTo(2048);
        assertThat(owner.get("/luthier/models")
                        .json()
                        .path("data")
                        .valueStream()
                        .filter(base -> base.path("directory").isString())
                        .map(base -> base.path("id").asString()))
                .containsExactlyInAnyOrder("team/stories", "gpt-4o-mini-2024-07-18");

        assertThat(owner.delete("/luthier/models/team%2Fstories").status()).isEqualTo(200);
        assertThat(owner.delete("/luthier/models/team%2Fstories").status()).isEqualTo(404);
        assertThat(owner.get("/luthier/models").text()).doesNotContain("team/stories");
    }

    @Test
    void aBaseThatCannotWork_isRefused_andNothingIsKept() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(addBase("mine", empty, "[]").status()).isEqualTo(400);
        assertThat(addBase("mine", Path.of("relative"), "[]")
                        .error()
                        .path("message")
                        .asString())
                .contains("not an absolute path");
        assertThat(addBase("gpt-4o-mini", model(), "[]").error().path("message").asString())
                .contains("--alias gpt-4o-mini");
        assertThat(addBase("a:b", model(), "[]").status()).isEqualTo(400);
        assertThat(owner.get("/luthier/models").text()).doesNotContain("mine\",\"aliases");
    }

    @Test
    void otherWeightsUnderTheNameOfABase_areRefused_theSameOnesMovedAreNot() throws IOException {
        Path directory = model();
        assertThat(addBase("mine", directory, "[\"tales\"]").status()).isEqualTo(200);
        Path moved = copy(directory, "moved");
        assertThat(addBase("mine", moved, "[]").status()).isEqualTo(200);

        Path other = copy(directory, "other");
        Path weights = other.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        Client.Reply refused = addBase("mine", other, "[]");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error().path("message").asString())
                .contains("'mine' is the name of other weights already, those in " + moved)
                .contains("luthier models remove mine");
        assertThat(owner.get("/luthier/models").text()).contains(moved.toString());

        assertThat(owner.delete("/luthier/models/mine").status()).isEqualTo(200);
        assertThat(addBase("mine", other, "[]").status()).isEqualTo(200);
    }

    private Path copy(Path directory, String name) throws IOException {
        Path target = folder.resolve(name);
        DurableFiles.copyTree(directory, target);
        return target;
    }

    @Test
    void aBaseWhoseDirectoryIsGone_spoilsNoOther() throws IOException {
        Path directory = model();
        assertThat(addBase("mine", directory, "[]").status()).isEqualTo(200);
        Files.delete(directory.resolve("config.json"));
        assertThat(owner.get("/luthier/models").status()).isEqualTo(200);
        assertThat(owner.delete("/luthier/models/mine").status()).isEqualTo(200);
    }
}
