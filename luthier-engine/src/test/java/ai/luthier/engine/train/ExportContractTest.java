package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.checkpoint.SafetensorsFile;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Contract 6: what a run leaves on disk is the model it had in memory, under peft's names, with its template's bytes. */
@Tag("contract")
class ExportContractTest {

    @TempDir
    Path root;

    @Test
    void theResult_reloadsToItself_andIsNotTheBase() throws IOException {
        Path base = TinyRun.base(root);
        RunSpec spec = TinyRun.spec(base, 2, 4, RunSpec.Precision.FP32);
        new TrainingRun(spec, root, () -> TinyRun.data(8), _ -> {}, WriteGate.OPEN, () -> false).run();
        Path result = root.resolve("adapter");
        try (Decoder decoder = ModelDirectory.open(base).decoder(Dtype.FP32);
                LoraAdapter last = PeftDirectory.read(root.resolve("snapshots/step-4"), decoder.spec());
                LoraAdapter reloaded = PeftDirectory.read(result, decoder.spec());
                PointerScope _ = new PointerScope()) {
            float[] tuned = logits(decoder, reloaded.in(Dtype.FP32));
            assertThat(tuned).containsExactly(logits(decoder, last.in(Dtype.FP32)));
            assertThat(tuned).isNotEqualTo(logits(decoder, Adapter.NONE));
            PeftDirectory.write(root.resolve("again"), reloaded, new PeftDirectory.Base("tiny", "0".repeat(64), base));
            assertThat(root.resolve("again/adapter_model.safetensors"))
                    .hasSameBinaryContentAs(result.resolve("adapter_model.safetensors"));
        }
    }

    @Test
    void theDirectory_hasPeftsNames_theBasesHash_andTheTemplatesBytes() throws IOException {
        Path base = TinyRun.base(root);
        RunSpec spec = TinyRun.spec(base, 1, 4, RunSpec.Precision.FP32);
        new TrainingRun(spec, root, () -> TinyRun.data(8), _ -> {}, WriteGate.OPEN, () -> false).run();
        Path result = root.resolve("adapter");
        assertThat(result.resolve("chat_template.jinja")).hasSameBinaryContentAs(base.resolve("chat_template.jinja"));
        JsonNode config = JsonMapper.shared().readTree(Files.readAllBytes(result.resolve("adapter_config.json")));
        assertThat(config.path("peft_type").asString()).isEqualTo("LORA");
        assertThat(config.path("r").asInt()).isEqualTo(4);
        assertThat(config.path("base_model_name_or_path").asString()).isEqualTo("tiny");
        JsonNode provenance = JsonMapper.shared().readTree(Files.readAllBytes(result.resolve("luthier.json")));
        assertThat(provenance.path("base").path("sha256").asString())
                .isEqualTo(ModelDirectory.open(base).weightsHash())
                .hasSize(64);
        try (SafetensorsFile file = SafetensorsFile.open(result.resolve("adapter_model.safetensors"));
                PointerScope _ = new PointerScope()) {
            assertThat(file.names()).hasSize(2 * 2 * 7);
            Tensor a = file.tensor("base_model.model.model.layers.1.self_attn.k_proj.lora_A.weight");
            Tensor b = file.tensor("base_model.model.model.layers.1.mlp.down_proj.lora_B.weight");
            assertThat(Tensors.shape(a)).containsExactly(4, 32);
            assertThat(Tensors.shape(b)).containsExactly(32, 4);
        }
    }

    @Test
    void anAdapterOfAnotherModel_isRefusedByTensor() throws IOException {
        Path base = TinyRun.base(root);
        try (LoraAdapter adapter = LoraAdapter.fresh(TinyRun.MODEL, LoraSpec.everyProjection(4, 8), 1)) {
            PeftDirectory.write(root.resolve("a"), adapter, new PeftDirectory.Base("tiny", "0".repeat(64), base));
        }
        DecoderSpec wider = DecoderSpec.llama(60, 64, 48, 2, 4, 2, 64);
        assertThatThrownBy(() -> PeftDirectory.read(root.resolve("a"), wider))
                .hasMessageContaining("lora_A.weight has the shape [4, 32]")
                .hasMessageContaining("make it [4, 64]");
        Path config = root.resolve("a/adapter_config.json");
        Files.writeString(config, Files.readString(config).replaceAll("\"use_dora\" ?: ?false", "\"use_dora\":true"));
        assertThatThrownBy(() -> PeftDirectory.read(root.resolve("a"), TinyRun.MODEL))
                .hasMessageContaining("'use_dora' is true");
    }

    private static float[] logits(Decoder decoder, Adapter adapter) {
        return Scopes.withoutGradients(
                () -> Tensors.toFloats(decoder.logits(decoder.hidden(Rows.of(5, 6, 7, 8), adapter))));
    }
}
