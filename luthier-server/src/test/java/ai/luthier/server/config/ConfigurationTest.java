package ai.luthier.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import ai.luthier.engine.tensor.Devices;
import ai.luthier.engine.train.TrainingPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {

    @TempDir
    Path folder;

    private Configuration load(String json, Map<String, String> environment, Map<String, String> flags)
            throws IOException {
        Files.writeString(folder.resolve("luthier.json"), json);
        var all = new java.util.HashMap<>(flags);
        all.put("data.directory", folder.toString());
        return Configuration.load(environment, all);
    }

    /** Changing a name or a default breaks somebody's installation: it has to be done here too. */
    @Test
    void pinsEveryKeyVariableAndDefault() {
        assertThat(Stream.of(Setting.values()).map(s -> s.key() + " " + s.variable() + " " + s.fallback()))
                .containsExactly(
                        "data.directory LUTHIER_DATA_DIRECTORY luthier-data",
                        "server.host LUTHIER_SERVER_HOST 127.0.0.1",
                        "server.port LUTHIER_SERVER_PORT 8080",
                        "server.shutdownSeconds LUTHIER_SERVER_SHUTDOWN_SECONDS 30",
                        "database.url LUTHIER_DATABASE_URL ",
                        "database.connections LUTHIER_DATABASE_CONNECTIONS 10",
                        "admin.key LUTHIER_ADMIN_KEY ",
                        "admin.organization LUTHIER_ADMIN_ORGANIZATION personal",
                        "files.maxBytes LUTHIER_FILES_MAX_BYTES 536870912",
                        "jobs.pausedStatus LUTHIER_JOBS_PAUSED_STATUS queued",
                        "jobs.overlong LUTHIER_JOBS_OVERLONG refuse",
                        "jobs.resultEncoding LUTHIER_JOBS_RESULT_ENCODING plain",
                        "worker.slots LUTHIER_WORKER_SLOTS 1",
                        "worker.threads LUTHIER_WORKER_THREADS 0",
                        "worker.heap LUTHIER_WORKER_HEAP 1g",
                        "worker.leaseSeconds LUTHIER_WORKER_LEASE_SECONDS 30",
                        "worker.checkpointSteps LUTHIER_WORKER_CHECKPOINT_STEPS 50",
                        "worker.checkpointSeconds LUTHIER_WORKER_CHECKPOINT_SECONDS 60",
                        "worker.recompute LUTHIER_WORKER_RECOMPUTE false",
                        "worker.device LUTHIER_WORKER_DEVICE auto",
                        "worker.path LUTHIER_WORKER_PATH auto",
                        "worker.activationCacheBytes LUTHIER_WORKER_ACTIVATION_CACHE_BYTES 17179869184",
                        "worker.memory LUTHIER_WORKER_MEMORY auto",
                        "models.default LUTHIER_MODELS_DEFAULT luthier-nano");
    }

    @Test
    void pinsTheTreeOfDefaults() {
        assertThat(Configuration.defaults())
                .isEqualTo(new Configuration(
                        Path.of("luthier-data"),
                        new Configuration.Server("127.0.0.1", 8080, Duration.ofSeconds(30)),
                        new Configuration.Database(Optional.empty(), 10),
                        new Configuration.Admin(Optional.empty(), "personal"),
                        new Configuration.Files(512L << 20),
                        new Configuration.Jobs(
                                Configuration.PausedStatus.QUEUED,
                                Configuration.Overlong.REFUSE,
                                Configuration.ResultEncoding.PLAIN),
                        new Configuration.Worker(
                                1,
                                0,
                                "1g",
                                Duration.ofSeconds(30),
                                50,
                                Duration.ofSeconds(60),
                                false,
                                Devices.Choice.AUTO,
                                TrainingPath.AUTO,
                                16L << 30,
                                OptionalLong.empty()),
                        new Configuration.Models("luthier-nano")));
    }

    @Test
    void everySettingReachesTheTree() {
        // A value that differs from its default must make a tree that differs: no key is read and then forgotten.
        Map<String, String> others = Map.ofEntries(
                Map.entry("data.directory", "elsewhere"),
                Map.entry("server.host", "::1"),
                Map.entry("server.port", "1"),
                Map.entry("server.shutdownSeconds", "1"),
                Map.entry("database.url", "postgresql://h/d"),
                Map.entry("database.connections", "3"),
                Map.entry("admin.key", "sk-owner-key"),
                Map.entry("admin.organization", "acme"),
                Map.entry("files.maxBytes", "1"),
                Map.entry("jobs.pausedStatus", "paused"),
                Map.entry("jobs.overlong", "truncate"),
                Map.entry("jobs.resultEncoding", "base64"),
                Map.entry("worker.slots", "2"),
                Map.entry("worker.threads", "2"),
                Map.entry("worker.heap", "512m"),
                Map.entry("worker.leaseSeconds", "5"),
                Map.entry("worker.checkpointSteps", "5"),
                Map.entry("worker.checkpointSeconds", "5"),
                Map.entry("worker.recompute", "true"),
                Map.entry("worker.device", "cpu"),
                Map.entry("worker.path", "reference"),
                Map.entry("worker.activationCacheBytes", "5"),
                Map.entry("worker.memory", "900m"),
                Map.entry("models.default", "smollm"));
        for (Setting setting : Setting.values()) {
            var changed = Configuration.load(Map.of(), Map.of(setting.key(), others.get(setting.key())));
            assertThat(changed).as(setting.key()).isNotEqualTo(Configuration.defaults());
        }
    }

    @Test
    void flagsBeatEnvironmentBeatFileBeatDefault() throws IOException {
        String json = "{\"server\": {\"port\": 1, \"host\": \"file\"}, \"worker\": {\"slots\": 3}}";
        var result = load(
                json,
                Map.of("LUTHIER_SERVER_PORT", "2", "LUTHIER_SERVER_HOST", "variable"),
                Map.of("server.port", "4"));
        assertThat(result.server().port()).isEqualTo(4);
        assertThat(result.server().host()).isEqualTo("variable");
        assertThat(result.worker().slots()).isEqualTo(3);
        assertThat(result.worker().threads()).isZero();
    }

    @Test
    void saysAllThatIsWrong_withTheNearestNames() {
        assertThatThrownBy(() -> load(
                        "{\"server\": {\"prot\": 1}, \"worker\": {\"slots\": 0}, \"jobs\": {\"overlong\": \"cut\"}}",
                        Map.of("LUTHIER_DATBASE_URL", "x", "LUTHIER_HOME", "/opt", "PATH", "/bin"),
                        Map.of("files.maxBytes", "many")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("Unknown setting 'server.prot'")
                .hasMessageContaining("did you mean 'server.port'?")
                .hasMessageContaining(
                        "Unknown environment variable LUTHIER_DATBASE_URL; did you mean LUTHIER_DATABASE_URL?")
                .hasMessageContaining("'0' (" + folder.resolve("luthier.json")
                        + ") is not possible for worker.slots; it takes a whole number, 1 to 64.")
                .hasMessageContaining("'cut'")
                .hasMessageContaining("refuse or truncate")
                .hasMessageContaining("'many' (flag --files.maxBytes)")
                .hasMessageNotContaining("PATH")
                .hasMessageNotContaining("LUTHIER_HOME");
    }

    @Test
    void saysWhereTheFileIsNotJson() {
        assertThatThrownBy(() -> load("{\n  \"server\": {\"port\": 1,}\n}", Map.of(), Map.of()))
                .hasMessageContaining("luthier.json is not JSON")
                .hasMessageContaining("line 2");
    }

    @Test
    void theFileCannotMoveItsOwnFolder() {
        assertThatThrownBy(() -> load("{\"data\": {\"directory\": \"/x\"}}", Map.of(), Map.of()))
                .hasMessageContaining("LUTHIER_DATA_DIRECTORY");
    }
}
