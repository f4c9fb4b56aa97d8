package ai.luthier.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.engine.SharedInputs;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real pretrained models continue their golden prompts token for token, computed in fp32 from bf16 weights. */
@Tag("golden")
class GoldenModelsTest {

    private record Golden(List<Integer> prompt, List<Integer> continuation, float[] lastLogits) {

        static Golden read(Path file) throws IOException {
            JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
            List<Integer> prompt = integers(json.path("prompt_ids"));
            List<Integer> greedy = integers(json.path("greedy_ids"));
            if (greedy.subList(0, prompt.size()).equals(prompt)) {
                greedy = greedy.subList(prompt.size(), greedy.size());
            }
            float[] logits = new float[json.path("last_logits_first8").size()];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = json.path("last_logits_first8").get(i).floatValue();
            }
            return new Golden(prompt, greedy, logits);
        }

        private static List<Integer> integers(JsonNode array) {
            List<Integer> values = new ArrayList<>();
            array.forEach(value -> values.add(value.intValue()));
            return values;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stories15M", "minimind2-small"})
    void continuesTokenForToken_throughTheCache(String name) throws IOException {
        Path folder = SharedInputs.model(name);
        Golden golden = Golden.read(folder.resolve("golden.json"));
        try (Decoder decoder = ModelDirectory.open(folder).decoder(Dtype.FP32);
                KeyValueCache cache = new KeyValueCache(decoder.spec(), Dtype.FP32, 256)) {
            List<Integer> ids = new ArrayList<>();
            int[] next = array(golden.prompt());
            while (ids.size() < golden.continuation().size()) {
                next = new int[] {greedy(decoder, next, cache)};
                ids.add(next[0]);
            }
            assertThat(ids).isEqualTo(golden.continuation());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stories15M", "minimind2-small"})
    void predictsEveryGoldenToken_inOnePass(String name) throws IOException {
        Path folder = SharedInputs.model(name);
        Golden golden = Golden.read(folder.resolve("golden.json"));
        List<Integer> all = new ArrayList<>(golden.prompt());
        all.addAll(golden.continuation());
        try (Decoder decoder = ModelDirectory.open(folder).decoder(Dtype.FP32);
                PointerScope _ = new PointerScope()) {
            Tensor logits = Scopes.withoutGradients(
                    () -> decoder.logits(decoder.hidden(Rows.of(array(all)), Adapter.NONE))); // [T, V]
            long[] best = Tensors.toLongs(logits.argmax(new LongOptional(1), false));
            for (int t = golden.prompt().size(); t < all.size(); t++) {
                assertThat(best[t - 1]).as("token %d", t).isEqualTo(all.get(t).longValue());
            }
            float[] firstEight = Tensors.toFloats(logits.narrow(1, 0, 8)); // [T, 8]
            assertThat(closest(firstEight, golden.lastLogits())).isCloseTo(0, within(1e-4f));
        }
    }

    /** The golden logits are those of one position, which their makers chose differently: prompt's end, or the last. */
    private static float closest(float[] rows, float[] golden) {
        float best = Float.POSITIVE_INFINITY;
        for (int row = 0; row < rows.length / golden.length; row++) {
            float worst = 0;
            for (int i = 0; i < golden.length; i++) {
                worst = Math.max(worst, Math.abs(rows[row * golden.length + i] - golden[i]));
            }
            best = Math.min(best, worst);
        }
        return best;
    }

    private static int greedy(Decoder decoder, int[] ids, KeyValueCache cache) {
        try (PointerScope _ = new PointerScope()) {
            return Scopes.withoutGradients(() -> {
                Tensor hidden = decoder.hidden(Rows.of(ids), Adapter.NONE, List.of(cache)); // [t, d]
                Tensor last = hidden.narrow(0, ids.length - 1, 1); // [1, d]
                return (int) Tensors.toLongs(decoder.logits(last).argmax())[0];
            });
        }
    }

    private static int[] array(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }
}
