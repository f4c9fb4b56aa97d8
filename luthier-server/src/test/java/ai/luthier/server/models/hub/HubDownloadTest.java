package ai.luthier.server.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ResourceExhausted;
import ai.luthier.api.Unavailable;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from a server that plays the Hub, with cuts, wrong bytes, refusals, waits and redirects. */
class HubDownloadTest {

    private static final HubModelId TINY = new HubModelId("org/tiny", "main");
    private static final String WEIGHTS = "model.safetensors";

    @TempDir
    private Path folder;

    private FakeHub hub;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
        byte[] weights = new byte[300_000];
        new Random(7).nextBytes(weights);
        hub.put("config.json", "{\"model_type\": \"llama\"}".getBytes(StandardCharsets.UTF_8));
        hub.put("tokenizer.json", "{\"version\": \"1.0\"}".getBytes(StandardCharsets.UTF_8));
        hub.put(WEIGHTS, weights);
        hub.put("pytorch_model.bin", new byte[] {1, 2});
        hub.put("../../evil.json", new byte[] {1});
        hub.put("original/model.safetensors", new byte[] {1});
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private HubSettings settings(String token) {
        return new HubSettings(
                URI.create(hub.endpoint()),
                Optional.of(token).filter(t -> !t.isEmpty()),
                folder.resolve("cache"),
                Duration.ofMillis(2),
                Duration.ofSeconds(2));
    }

    private Path fetch(String token) {
        return new HubDownload(settings(token)).fetch(TINY, folder.resolve("hub"), (file, done, total) -> {});
    }

    private long requests(String name) {
        return hub.seen.stream().filter(seen -> seen.path().endsWith(name)).count();
    }

    @Test
    void fetchesWhatAModelNeeds_andNoPickle_andNothingOutsideItsFolder() throws IOException {
        List<String> told = new ArrayList<>();
        Path directory = new HubDownload(settings("")).fetch(TINY, folder.resolve("hub"), (file, done, total) -> {
            if (done == total) {
                told.add(file);
            }
        });
        assertThat(directory).isEqualTo(folder.resolve("hub/models--org--tiny/snapshots/" + FakeHub.COMMIT));
        try (var files = Files.list(directory)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("config.json", "tokenizer.json", WEIGHTS);
        }
        assertThat(Files.readAllBytes(directory.resolve(WEIGHTS))).isEqualTo(hub.files.get(WEIGHTS));
        assertThat(told).containsExactly("config.json", "tokenizer.json", WEIGHTS);
        assertThat(Files.exists(folder.resolve("evil.json"))).isFalse();
        long before = hub.seen.size();
        fetch("");
        assertThat(hub.seen).as("a second time only the listing is asked for").hasSize((int) before + 1);
    }

    @Test
    void goesOnWhereAConnectionWasCut() throws IOException {
        hub.files.keySet().removeIf(name -> !name.equals(WEIGHTS) && !name.equals("config.json"));
        hub.troubles.add((exchange, content) -> false); // config.json
        hub.troubles.add(FakeHub.cutAfter(100_000));
        hub.troubles.add(FakeHub.cutAfter(50_000));
        Path directory = fetch("");
        assertThat(Files.readAllBytes(directory.resolve(WEIGHTS))).isEqualTo(hub.files.get(WEIGHTS));
        assertThat(hub.seen.stream()
                        .filter(seen -> seen.server().equals("store"))
                        .map(FakeHub.Seen::range)
                        .toList())
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo("null"),
                        second -> assertThat(second).matches("bytes=[1-9]\\d{0,5}-"),
                        third -> assertThat(third).matches("bytes=[1-9]\\d{0,5}-"));
    }

    @Test
    void goesOnWithAPartOfAnEarlierRun_andDropsOneThatIsWrong() throws IOException {
        Path snapshot = folder.resolve("hub/models--org--tiny/snapshots/" + FakeHub.COMMIT);
        Files.createDirectories(snapshot);
        byte[] weights = hub.files.get(WEIGHTS);
        Files.write(snapshot.resolve(WEIGHTS + ".part"), java.util.Arrays.copyOf(weights, 200_000));
        Path directory = fetch("");
        assertThat(Files.readAllBytes(directory.resolve(WEIGHTS))).isEqualTo(weights);
        assertThat(hub.seen).anyMatch(seen -> seen.range().equals("bytes=200000-"));

        Files.delete(directory.resolve(WEIGHTS));
        Files.write(snapshot.resolve(WEIGHTS + ".part"), new byte[200_000]); // zeros: the hash will be wrong
        assertThat(Files.readAllBytes(fetch("").resolve(WEIGHTS))).isEqualTo(weights);

        Files.delete(directory.resolve(WEIGHTS));
        Files.write(snapshot.resolve(WEIGHTS + ".part"), new byte[400_000]); // longer than the file
        assertThat(Files.readAllBytes(fetch("").resolve(WEIGHTS))).isEqualTo(weights);
    }

    @Test
    void wrongBytesAreNotKept() {
        hub.onTheWay = content -> {
            byte[] changed = content.clone();
            changed[changed.length / 2] = (byte) (changed[changed.length / 2] ^ 1);
            return changed;
        };
        assertThatThrownBy(() -> fetch(""))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining("its hash is");
        Path snapshot = folder.resolve("hub/models--org--tiny/snapshots/" + FakeHub.COMMIT);
        assertThat(snapshot).isEmptyDirectory();
        hub.onTheWay = content -> java.util.Arrays.copyOf(content, content.length + 3);
        assertThatThrownBy(() -> fetch("")).hasMessageContaining("bytes came and not");
    }

    @Test
    void hashesOfTheHeadersCountWhereTheListingTellsNone() throws IOException {
        hub.blobs = false;
        assertThat(Files.readAllBytes(fetch("").resolve(WEIGHTS))).isEqualTo(hub.files.get(WEIGHTS));
        Files.delete(folder.resolve("hub/models--org--tiny/snapshots/" + FakeHub.COMMIT + "/" + WEIGHTS));
        hub.hashes.put(WEIGHTS + "SHA-256", "0".repeat(64));
        assertThatThrownBy(() -> fetch("")).hasMessageContaining(WEIGHTS).hasMessageContaining("its hash is");
    }

    @Test
    void theTokenOpensTheModel_andIsNotSentToTheStoreOfFiles() {
        hub.token = "hf_secret";
        assertThatThrownBy(() -> fetch("")).hasMessageContaining("HF_TOKEN").hasMessageContaining("401");
        assertThatThrownBy(() -> fetch("hf_wrong")).hasMessageContaining("another token");
        hub.seen.clear();
        fetch("hf_secret");
        assertThat(hub.seen).anyMatch(seen -> seen.server().equals("store"));
        assertThat(hub.seen)
                .allSatisfy(seen ->
                        assertThat(seen.token()).isEqualTo(seen.server().equals("hub") ? "Bearer hf_secret" : "null"));
    }

    @Test
    void waitsAsLongAsTheHubAsks() {
        hub.troubles.add(FakeHub.answering(429, "1"));
        long begin = System.nanoTime();
        fetch("");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(requests("config.json")).isEqualTo(2);
    }

    @Test
    void givesUpInTheEnd_andSaysThatWhatCameIsKept() throws IOException {
        for (int i = 0; i < 20; i++) {
            hub.troubles.add(FakeHub.answering(429, "0"));
        }
        assertThatThrownBy(() -> fetch("")).isInstanceOf(ResourceExhausted.class);
        hub.troubles.clear();
        hub.files.keySet().removeIf(name -> !name.equals(WEIGHTS) && !name.equals("config.json"));
        hub.troubles.add((exchange, content) -> false);
        hub.troubles.add(FakeHub.cutAfter(1000));
        for (int i = 0; i < 20; i++) {
            hub.troubles.add(FakeHub.cutAfter(0));
        }
        assertThatThrownBy(() -> fetch(""))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("byte 1000")
                .hasMessageContaining("goes on there");
    }

    @Test
    void aConnectionThatStallsIsBroken() throws IOException {
        hub.files.keySet().removeIf(name -> !name.equals(WEIGHTS) && !name.equals("config.json"));
        hub.troubles.add((exchange, content) -> false);
        hub.troubles.add(FakeHub.stalling(20_000));
        Path directory = fetch("");
        assertThat(Files.size(directory.resolve(WEIGHTS))).isEqualTo(300_000);
        assertThat(hub.seen).anyMatch(seen -> seen.range().equals("bytes=10-"));
    }

    @Test
    void aModelOfTheCacheIsUsedWithoutARequest() throws IOException {
        Path cached = folder.resolve("cache/models--org--tiny/snapshots/abc1234");
        Files.createDirectories(cached);
        Files.createDirectories(folder.resolve("cache/models--org--tiny/refs"));
        Files.writeString(folder.resolve("cache/models--org--tiny/refs/main"), "abc1234");
        for (String name : List.of("config.json", "tokenizer.json")) {
            Files.write(cached.resolve(name), hub.files.get(name));
        }
        Files.writeString(
                cached.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\", \"b\": \"model-00002-of-00002.safetensors\"}}");
        Files.write(cached.resolve("model-00001-of-00002.safetensors"), new byte[] {1});
        assertThat(fetch("")).as("a shard is missing there").isNotEqualTo(cached);
        hub.seen.clear();
        Files.write(cached.resolve("model-00002-of-00002.safetensors"), new byte[] {1});
        assertThat(fetch("")).isEqualTo(cached);
        assertThat(hub.seen).isEmpty();
    }

    @Test
    void saysNoByName() {
        assertThatThrownBy(() -> new HubDownload(settings(""))
                        .fetch(new HubModelId("org/none", "main"), folder, (file, done, total) -> {}))
                .hasMessageContaining("There is no org/none");
        hub.files.remove(WEIGHTS);
        assertThatThrownBy(() -> fetch("")).hasMessageContaining("pickles");
        hub.files.remove("pytorch_model.bin");
        assertThatThrownBy(() -> fetch("")).hasMessageContaining("no model.safetensors");
        for (String name : List.of("", "a", "../x", "a/b/c", "a/../b", "/a/b", "a b/c", "org/..")) {
            assertThat(HubModelId.isRepository(name)).as(name).isFalse();
        }
        assertThatThrownBy(() -> new HubModelId("org/name", "../x")).hasMessageContaining("branch");
    }

    @Test
    void readsTheEnvironmentOfHuggingFacesTools() {
        HubSettings standard = HubSettings.fromEnvironment(Map.of());
        assertThat(standard.endpoint()).isEqualTo(URI.create("https://huggingface.co"));
        assertThat(standard.token()).isEmpty();
        HubSettings own = HubSettings.fromEnvironment(
                Map.of("HF_ENDPOINT", "http://mirror:8080/", "HF_TOKEN", " t ", "HF_HOME", "/h"));
        assertThat(own.endpoint()).isEqualTo(URI.create("http://mirror:8080"));
        assertThat(own.token()).contains("t");
        assertThat(own.cache()).isEqualTo(Path.of("/h/hub"));
        assertThat(HubSettings.fromEnvironment(Map.of("HF_HUB_CACHE", "/c", "HF_HOME", "/h"))
                        .cache())
                .isEqualTo(Path.of("/c"));
        assertThatThrownBy(() -> HubSettings.fromEnvironment(Map.of("HF_ENDPOINT", "ftp://x")))
                .hasMessageContaining("HF_ENDPOINT");
    }
}
