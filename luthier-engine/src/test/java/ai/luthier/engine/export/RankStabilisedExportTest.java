package ai.luthier.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.gguf.Quantization;
import ai.luthier.engine.tensor.Scopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter whose alpha is divided by the root of its rank: peft is told so, and merging knows it. */
@Tag("contract")
class RankStabilisedExportTest {

    @TempDir
    private Path folder;

    @Test
    void theScaleSurvivesTheDirectory_andTheMerge() throws IOException {
        ModelDirectory base = TinyModel.base(folder);
        Path directory = folder.resolve("adapter");
        LoraSpec spec = new LoraSpec(4, 8, List.of("q_proj", "down_proj"), true);
        assertThat(spec.scale()).isCloseTo(4, within(1e-12)); // 8 / √4; plain LoRA's would be 2
        try (LoraAdapter lora = LoraAdapter.fresh(TinyModel.SPEC, spec, 1);
                PointerScope _ = new PointerScope()) {
            Scopes.withoutGradients(
                    () -> lora.values().normal_(0, 0.05, new GeneratorOptional(torch.createCPUGenerator(7))));
            PeftDirectory.write(
                    directory, lora, new PeftDirectory.Base("tiny", base.weightsHash(), base.path(), Optional.empty()));
        }
        assertThat(Files.readString(directory.resolve("adapter_config.json"))).contains("\"use_rslora\" : true");
        assertThat(PeftDirectory.spec(directory)).isEqualTo(spec);
        ExportModel model = new ExportModel("ft:tiny", base, Optional.of(directory), PeftDirectory.template(directory));
        assertThat(Exporter.export(model, ExportFormat.PEFT, Quantization.F16, folder.resolve("peft"))
                        .passed())
                .isTrue();
        assertThat(Exporter.export(model, ExportFormat.SAFETENSORS, Quantization.F16, folder.resolve("merged"))
                        .passed())
                .isTrue();
    }
}
