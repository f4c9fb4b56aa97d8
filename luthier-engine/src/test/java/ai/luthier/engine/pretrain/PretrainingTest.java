package ai.luthier.engine.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.engine.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainingTest {

    @BeforeAll
    static void load() {
        Torch.load();
    }

    private static PretrainRecipe recipe(Dtype dtype) {
        return new PretrainRecipe(
                3, List.of("fox"), List.of(), 320, 64, 64, 2, 2, 1, 128, dtype, 256, 4, 0.02, 0.003, 1.0);
    }

    /** A hundred short stories that differ by animal, colour and deed. */
    private static Path stories(Path folder) throws IOException {
        var random = new Random(1);
        var lines = new ArrayList<String>();
        for (int i = 0; i < 100; i++) {
            String animal = List.of("dog", "cat", "hen", "fox", "cow").get(random.nextInt(5));
            String friend = List.of("bee", "ant", "owl", "pig").get(random.nextInt(4));
            lines.add(
                    "{\"topic\":\"%s\",\"text\":\"The %s number %d saw the %s number %d. The %s ran %d miles. They ate %d pies.\"}"
                            .formatted(
                                    animal,
                                    animal,
                                    random.nextInt(9999),
                                    friend,
                                    random.nextInt(9999),
                                    animal,
                                    random.nextInt(9999),
                                    random.nextInt(9999)));
        }
        return Files.write(folder.resolve("stories.jsonl"), lines);
    }

    private static Pretraining.Request request(Path folder, PretrainRecipe recipe) throws IOException {
        return new Pretraining.Request(
                List.of(stories(folder)), recipe, "{{ messages }}", folder.resolve("run"), 1, Duration.ofHours(1), 0);
    }

    private static BooleanSupplier after(int steps) {
        var count = new AtomicInteger();
        return () -> count.getAndIncrement() >= steps;
    }

    @Test
    void stoppedAndResumedRunMakesTheSameCheckpoint_acrossAnEpochBorder(@TempDir Path folder) throws Exception {
        Path straight = Files.createDirectory(folder.resolve("straight"));
        Path resumed = Files.createDirectory(folder.resolve("resumed"));
        var events = new ArrayList<PretrainEvent>();

        Pretraining.run(request(straight, recipe(Dtype.BF16)), after(40), events::add);
        Pretraining.run(request(resumed, recipe(Dtype.BF16)), after(13), event -> {});
        Pretraining.run(request(resumed, recipe(Dtype.BF16)), after(27), event -> {});

        String name = "run/checkpoint.safetensors";
        assertThat(Files.mismatch(straight.resolve(name), resumed.resolve(name)))
                .isEqualTo(-1);
        assertThat(new String(
                        Files.readAllBytes(straight.resolve(name)),
                        0,
                        600,
                        java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("\\\"step\\\":40")
                .doesNotContain("\\\"epoch\\\":0");
        assertThat(events).anyMatch(event -> event instanceof PretrainEvent.Saved saved && saved.step() == 40);
    }

    @Test
    void finishingLowersTheLossAndWritesAModelThatLoads(@TempDir Path folder) throws Exception {
        var validated = new ArrayList<PretrainEvent.Validated>();
        Pretraining.Request request = request(folder, recipe(Dtype.FP32));
        Pretraining.run(request, after(0), event -> keep(event, validated));
        Pretraining.run(request.finishing(12_000), () -> false, event -> keep(event, validated));

        assertThat(validated.getFirst().loss()).isCloseTo(Math.log(320), within(0.3));
        assertThat(validated.getLast().loss())
                .isLessThan(0.75 * validated.getFirst().loss());
        ModelDirectory model = ModelDirectory.open(folder.resolve("run/model"));
        assertThat(model.stopIds()).containsExactlyInAnyOrder(0, 5);
        try (Decoder decoder = model.decoder(Dtype.BF16);
                var _ = new PointerScope()) {
            assertThat(decoder.hidden(Rows.of(0, 7, 9), Adapter.NONE).size(0)).isEqualTo(3);
        }
        assertThat(folder.resolve("run/model/tokenizer.json")).exists();
        assertThat(folder.resolve("run/model/chat_template.jinja")).hasContent("{{ messages }}");
        // The finish leaves the constant part alone: its checkpoint still stands at the start.
        assertThat(validatedAgain(request)).isEqualTo(validated.getFirst());
    }

    @Test
    void aFinishThatIsStoppedWritesNoModel(@TempDir Path folder) throws Exception {
        Pretraining.run(request(folder, recipe(Dtype.FP32)).finishing(1_000_000), after(2), event -> {});

        assertThat(folder.resolve("run/model")).doesNotExist();
    }

    private static PretrainEvent.Validated validatedAgain(Pretraining.Request request) throws IOException {
        var validated = new ArrayList<PretrainEvent.Validated>();
        Pretraining.run(request, () -> true, event -> keep(event, validated));
        return validated.getFirst();
    }

    private static void keep(PretrainEvent event, List<PretrainEvent.Validated> kept) {
        if (event instanceof PretrainEvent.Validated validated) {
            kept.add(validated);
        }
    }

    @Test
    void anotherRecipeIsRefused(@TempDir Path folder) throws Exception {
        Pretraining.run(request(folder, recipe(Dtype.FP32)), after(1), event -> {});

        assertThatThrownBy(() -> Pretraining.run(request(folder, recipe(Dtype.BF16)), after(1), event -> {}))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("another recipe");
    }

    @Test
    void orthogonalMovesSingularValuesToAboutOne() {
        try (var _ = new PointerScope()) {
            var random = new Random(2);
            var values = new float[48 * 16];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            Tensor matrix = Tensors.floats(values, 48, 16);

            Tensor orthogonal = Muon.orthogonal(matrix).to(torch.ScalarType.Float); // [48, 16]

            // ‖O·v‖ of unit vectors v lies between the smallest and the largest singular value.
            for (int i = 0; i < 20; i++) {
                var direction = new float[16];
                for (int j = 0; j < 16; j++) {
                    direction[j] = (float) random.nextGaussian();
                }
                Tensor unit = Tensors.floats(direction, 16);
                assertThat(orthogonal.matmul(unit).norm().item_double()
                                / unit.norm().item_double())
                        .isBetween(0.6, 1.3);
            }
        }
    }

    @Test
    void lossAndGradientByHandEqualAutograd() {
        DecoderSpec spec = DecoderSpec.llama(50, 16, 16, 1, 2, 2, 32);
        try (var decoder = new Decoder(DecoderWeights.random(spec, Dtype.FP32, 0.5, 4));
                var _ = new PointerScope()) {
            int[] positions = {0, 2, 3};
            int[] tokens = {7, 1, 49};
            Tensor hidden = Tensors.floats(pattern(4 * 16), 4, 16).requires_grad_(true);
            Tensor head = decoder.head().detach().clone().requires_grad_(true);
            Tensor expected = torch.nll_loss(
                    torch.log_softmax(torch.linear(hidden.index_select(0, Tensors.ids(positions)), head), 1),
                    Tensors.ids(tokens));
            expected.backward();

            Tensor hiddenGradient = Tensors.zeros(Dtype.FP32, 4, 16);
            Tensor headGradient = Tensors.zeros(Dtype.FP32, 50, 16);
            double sum = NextTokenLoss.gradient(
                    decoder,
                    hidden.detach(),
                    new NextTokenLoss.Targets(positions, tokens),
                    hiddenGradient,
                    headGradient);

            assertThat(sum / 3).isCloseTo(expected.item_double(), within(1e-5));
            assertThat(Tensors.toFloats(hiddenGradient))
                    .containsExactly(Tensors.toFloats(hidden.grad()), within(1e-5f));
            assertThat(Tensors.toFloats(headGradient)).containsExactly(Tensors.toFloats(head.grad()), within(1e-5f));
        }
    }

    private static float[] pattern(int size) {
        var values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) Math.sin(i * 0.7);
        }
        return values;
    }
}
