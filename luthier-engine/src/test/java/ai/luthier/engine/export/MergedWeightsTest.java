package ai.luthier.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.FamilyFixture;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Base and adapter merged compute what they compute side by side, in every family: fused, transposed and tied ones too. */
@Tag("contract")
class MergedWeightsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("ai.luthier.engine.FamilyFixture#all")
    void merged_isSideBySide(FamilyFixture fixture) throws IOException {
        DecoderSpec spec = fixture.model().spec();
        Path directory = folder.resolve("adapter");
        try (LoraAdapter lora = LoraAdapter.fresh(spec, LoraSpec.everyProjection(spec, 4, 8), 1)) {
            Scopes.withoutGradients(
                    () -> lora.values().normal_(0, 0.1, new GeneratorOptional(torch.createCPUGenerator(7))));
            PeftDirectory.write(directory, lora, new PeftDirectory.Base("tiny", "0".repeat(64), fixture.folder()));
        }
        ExportModel model = new ExportModel("tiny", fixture.model(), Optional.of(directory), Optional.empty());
        int[] ids = Arrays.copyOf(fixture.ids("ids"), 24);

        float[] base = logits(fixture.model().decoder(Dtype.FP32), Adapter.NONE, ids);
        float[] sideBySide;
        try (LoraAdapter lora = PeftDirectory.read(directory, spec)) {
            sideBySide = logits(fixture.model().decoder(Dtype.FP32), lora.in(Dtype.FP32), ids);
        }
        float[] merged = logits(new Decoder(merged(model)), Adapter.NONE, ids);

        assertThat(furthest(base, sideBySide)).isGreaterThan(0.1);
        assertThat(furthest(merged, sideBySide)).isLessThan(1e-3);
    }

    /** Row by row as GGUF files get them, in fp32. */
    private static DecoderWeights merged(ExportModel model) throws IOException {
        try (MergedWeights weights = MergedWeights.open(model);
                PointerScope _ = new PointerScope()) {
            Map<String, Tensor> merged = new LinkedHashMap<>();
            weights.base().byName().forEach((name, tensor) -> {
                long[] shape = Tensors.shape(tensor);
                merged.put(name, Tensors.floats(weights.rows(name, row -> row, 0, shape[0]), shape));
            });
            return DecoderWeights.of(model.base().spec(), merged, () -> {});
        }
    }

    private static float[] logits(Decoder decoder, Adapter adapter, int[] ids) {
        try (decoder;
                PointerScope _ = new PointerScope()) {
            return Scopes.withoutGradients(
                    () -> Tensors.toFloats(decoder.logits(decoder.hidden(Rows.of(ids), adapter))));
        }
    }

    private static double furthest(float[] a, float[] b) {
        double furthest = 0;
        for (int i = 0; i < a.length; i++) {
            furthest = Math.max(furthest, Math.abs((double) a[i] - b[i]));
        }
        return furthest;
    }
}
