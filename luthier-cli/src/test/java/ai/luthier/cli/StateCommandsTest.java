package ai.luthier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.nano.NanoModel;
import ai.luthier.server.LuthierServer;
import ai.luthier.server.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code luthier keys} and {@code luthier models}, which do the same whether a server has the directory or nobody does. */
@Timeout(300)
class StateCommandsTest {

    private static final String OWNER = "sk-of-the-owner-0123456789";

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void letOthersPass() throws IOException {
        Files.setPosixFilePermissions(
                folder, PosixFilePermissions.fromString("rwx--x--x")); // PostgreSQL may have another owner
        data = folder.resolve("data");
    }

    @Test
    void keysAndModels_ofADirectoryThatNobodyHasOpen() throws IOException {
        keys();
        models();
    }

    @Test
    void keysAndModels_throughTheServerThatRuns() throws IOException {
        try (LuthierServer server = LuthierServer.start(Configuration.load(
                Map.of("LUTHIER_ADMIN_KEY", OWNER), Map.of("data.directory", data.toString(), "server.port", "0")))) {
            String made = keys();
            assertThat(new ApiClient(server.baseUrl(), made)
                            .get("/models")
                            .path("data")
                            .size())
                    .isPositive();
            models();
            Cli nobody = Cli.run("chat", "gpt-fake", "--data", data);
            assertThat(nobody.exit()).isEqualTo(3);
            assertThat(nobody.err())
                    .as("said before anything is asked")
                    .isEqualTo("luthier: The model `gpt-fake` does not exist or you do not have access to it.\n");
            JsonNode answer = new ApiClient(server.baseUrl(), made)
                    .post("/completions", Map.of("model", "tales", "prompt", "Once upon", "max_tokens", 3));
            assertThat(answer.path("model").asString()).isEqualTo("my-tales");
            assertThat(answer.at("/usage/completion_tokens").asInt()).isBetween(1, 3);
        }
    }

    /** Makes, takes over, lists and revokes keys. Returns one that stays. */
    private String keys() {
        Cli made = Cli.run("keys", "add", "--name", "shop", "--data", data);
        assertThat(made.exit()).as(made.err()).isZero();
        String secret = made.out().strip();
        assertThat(secret).startsWith("sk-").hasSizeGreaterThan(40);

        Cli taken = Cli.run("keys", "add", "--value", "sk-short-1", "--name", "old", "--data", data);
        assertThat(taken.exit()).isZero();
        assertThat(taken.out()).isEqualTo("Added ***.\n");
        assertThat(taken.err()).contains("Warning: This key has only 10 characters");
        Cli again = Cli.run("keys", "add", "--value", "sk-short-1", "--data", data);
        assertThat(again.exit()).isEqualTo(2);
        assertThat(again.err()).contains("is there already");

        JsonNode listed = Cli.run("keys", "list", "--json", "--data", data).json();
        String id = listed.valueStream()
                .filter(key -> key.path("name").asString().equals("old"))
                .map(key -> key.path("id").asString())
                .findFirst()
                .orElseThrow();
        assertThat(Cli.run("keys", "revoke", id, "--data", data).out()).isEqualTo("Revoked " + id + ".\n");
        Cli twice = Cli.run("keys", "revoke", id, "--data", data);
        assertThat(twice.exit()).isEqualTo(3);
        assertThat(twice.err()).startsWith("luthier: No such key: " + id);
        assertThat(Cli.run("keys", "list", "--data", data).lines())
                .noneMatch(line -> line.startsWith(id))
                .anyMatch(line -> line.contains("shop") && line.contains("member"));
        return secret;
    }

    private void models() throws IOException {
        Path directory = NanoModel.unpack(folder.resolve("somewhere"));
        Cli added = Cli.run("models", "add", directory, "--id", "my-tales", "--alias", "tales", "--data", data);
        assertThat(added.exit()).as(added.err()).isZero();
        assertThat(added.out()).isEqualTo("Added my-tales.\n");
        assertThat(Cli.run("models", "list", "--data", data).lines())
                .anyMatch(line -> line.startsWith("my-tales") && line.endsWith(directory.toString()))
                .anyMatch(line -> line.startsWith("luthier-nano"))
                .anyMatch(line -> line.matches(
                        "  llama, \\d\\.\\d M parameters in bf16, context 2,048 tokens, chat template: own,"
                                + " licence: apache-2.0"))
                .anyMatch(line -> line.matches("  lora: \\d+ MiB for rows of up to 2,048 tokens, .* here it fits"));
        JsonNode shown = Cli.run("models", "list", "--json", "--data", data)
                .json()
                .valueStream()
                .filter(base -> base.path("id").asString().equals("my-tales"))
                .findFirst()
                .orElseThrow()
                .path("facts");
        assertThat(shown.path("parameters").asLong())
                .isEqualTo(ModelDirectory.open(directory).spec().parameters());
        assertThat(shown.at("/training/1/memory").asLong())
                .as("recomputing takes less")
                .isBetween(1L << 20, shown.at("/training/0/memory").asLong());
        Files.writeString(folder.resolve("rows.jsonl"), "{\"prompt\":\"a\",\"completion\":\"b\"}\n".repeat(10));
        Cli check = Cli.run("check", folder.resolve("rows.jsonl"), "--model", "tales", "--data", data);
        assertThat(check.exit()).as(check.out() + check.err()).isZero();

        Cli unknown = Cli.run("models", "remove", "nobody", "--data", data);
        assertThat(unknown.exit()).isEqualTo(3);
        Cli empty = Cli.run("models", "add", folder.resolve("nothing"), "--id", "x", "--data", data);
        assertThat(empty.exit()).isEqualTo(2);
        assertThat(empty.err()).contains("nothing");

        assertThat(Cli.run("models", "add", directory, "--id", "other", "--data", data)
                        .exit())
                .isZero();
        assertThat(Cli.run("models", "remove", "other", "--data", data).exit()).isZero();
        assertThat(List.of(Cli.run("models", "list", "--json", "--data", data)
                        .json()
                        .valueStream()
                        .map(base -> base.path("id").asString())
                        .toArray()))
                .contains("my-tales")
                .doesNotContain("other");
    }
}
