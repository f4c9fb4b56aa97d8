package ai.luthier.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import ai.luthier.engine.adapter.ChangedWeights;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.adapter.TrainedWeights;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.checkpoint.SafetensorsFile;
import ai.luthier.engine.generate.AdapterHandle;
import ai.luthier.engine.generate.Generation;
import ai.luthier.engine.generate.GenerationRequest;
import ai.luthier.engine.generate.Generator;
import ai.luthier.engine.generate.Sampling;
import ai.luthier.engine.generate.TokenListener;
import ai.luthier.engine.gguf.Quantization;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.WeightNames;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose last layers, or all weights, were trained: what its directory holds, how it is served, what it exports to. */
@Tag("contract")
class ChangedWeightsExportTest {

    private static final int[] PROMPT = {17, 300, 4000, 8, 56};

    @TempDir
    private Path folder;

    /** Weights moved by about a tenth of their size. */
    private ExportModel tuned(Set<String> names) throws IOException {
        ModelDirectory base = TinyModel.base(folder);
        Path directory = folder.resolve("tuned");
        try (Decoder frozen = base.decoder(Dtype.BF16);
                TrainedWeights trained = TrainedWeights.of(frozen.weights(), names);
                PointerScope _ = new PointerScope()) {
            Scopes.withoutGradients(() -> trained.values()
                    .add_(Tensors.zeros(Dtype.FP32, trained.parameters())
                            .normal_(0, 0.01, new GeneratorOptional(torch.createCPUGenerator(7)))));
            trained.refresh();
            trained.write(directory, new PeftDirectory.Base("tiny", base.weightsHash(), base.path(), Optional.empty()));
        }
        return new ExportModel("ft:tiny:org::abc", base, Optional.of(directory), PeftDirectory.template(directory));
    }

    private ExportModel lastLayer() throws IOException {
        return tuned(TrainedWeights.lastLayers(TinyModel.SPEC, 1));
    }

    @Test
    void theDirectory_holdsNothingButWhatChanged() throws IOException {
        Path directory = lastLayer().adapter().orElseThrow();
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("changed_weights.safetensors"))) {
            assertThat(file.names())
                    .contains("model.layers.1.mlp.up_proj.weight", "model.norm.weight")
                    .noneMatch(name -> name.startsWith("model.layers.0.") || name.contains("embed"));
        }
        assertThat(directory.resolve("tokenizer.json")).exists();
        assertThat(PeftDirectory.provenance(directory).orElseThrow().id()).isEqualTo("tiny");
    }

    @Test
    void safetensorsAndGguf_passTheGate_ofLastLayersAndOfAllWeights() throws IOException {
        ExportModel last = lastLayer();
        assertThat(Exporter.export(last, ExportFormat.SAFETENSORS, Quantization.F16, folder.resolve("merged"))
                        .passed())
                .isTrue();
        assertThat(Exporter.export(last, ExportFormat.GGUF, Quantization.BF16, folder.resolve("gguf"))
                        .passed())
                .isTrue();
    }

    @Test
    void everyWeightChanged_exportsToo_theTiedHeadWithIt() throws IOException {
        ExportModel full = tuned(WeightNames.shapes(TinyModel.SPEC).keySet());
        Exporter.export(full, ExportFormat.SAFETENSORS, Quantization.F16, folder.resolve("merged"));
        try (SafetensorsFile changed =
                        SafetensorsFile.open(full.adapter().orElseThrow().resolve("changed_weights.safetensors"));
                SafetensorsFile merged = SafetensorsFile.open(folder.resolve("merged/model.safetensors"));
                PointerScope _ = new PointerScope()) {
            assertThat(merged.names()).isEqualTo(changed.names());
            assertThat(Tensors.toFloats(merged.tensor("model.embed_tokens.weight")))
                    .isEqualTo(Tensors.toFloats(changed.tensor("model.embed_tokens.weight")));
        }
    }

    @Test
    void peft_isRefusedWithTheReason() throws IOException {
        ExportModel last = lastLayer();
        assertThatThrownBy(() -> Exporter.export(last, ExportFormat.PEFT, Quantization.F16, folder.resolve("peft")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("training whole weights")
                .hasMessageContaining("safetensors or gguf");
        assertThat(folder.resolve("peft")).doesNotExist();
    }

    @Test
    void itIsServedOverItsBase_whichStaysAsItWas() throws IOException {
        ExportModel last = lastLayer();
        Exporter.export(last, ExportFormat.SAFETENSORS, Quantization.F16, folder.resolve("merged"));
        GenerationRequest request = GenerationRequest.of(PROMPT, 12, Sampling.greedy(), Set.of());
        Generation expected;
        try (Generator merged = Generator.load(ModelDirectory.open(folder.resolve("merged")), Dtype.BF16)) {
            expected = merged.generate(request, TokenListener.NONE);
        }
        try (Generator generator = Generator.load(last.base(), Dtype.BF16)) {
            Generation before = generator.generate(request, TokenListener.NONE);
            AdapterHandle handle = generator.attach(last.adapter().orElseThrow());
            assertThat(generator
                            .generate(request.with(handle), TokenListener.NONE)
                            .ids())
                    .isEqualTo(expected.ids())
                    .isNotEqualTo(before.ids());
            assertThat(generator.generate(request, TokenListener.NONE).ids()).isEqualTo(before.ids());
            generator.detach(handle);
            assertThatThrownBy(() -> generator.generate(request.with(handle), TokenListener.NONE))
                    .hasMessageContaining("detached");
        }
    }

    @Test
    void weightsOfAnotherModel_areRefused() throws IOException {
        Path directory = lastLayer().adapter().orElseThrow();
        assertThat(Files.size(directory.resolve("changed_weights.safetensors"))).isPositive();
        assertThatThrownBy(() -> ChangedWeights.open(
                        directory, ai.luthier.engine.model.DecoderSpec.llama(4100, 256, 96, 1, 8, 4, 512)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("model.layers.1.");
    }
}
