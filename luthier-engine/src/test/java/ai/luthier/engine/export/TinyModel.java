package ai.luthier.engine.export;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.nano.NanoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Random weights behind a real tokenizer and template, with a few rows more than there are tokens. */
final class TinyModel {

    /** Rows of 256 and of 96: one fits every block format, the other only those of 32. */
    static final DecoderSpec SPEC = DecoderSpec.llama(4100, 256, 96, 2, 8, 4, 512);

    private TinyModel() {}

    static ModelDirectory base(Path folder) throws IOException {
        return base(folder, Dtype.BF16, 0.05);
    }

    private static ModelDirectory base(Path folder, Dtype dtype, double deviation) throws IOException {
        Path nano = NanoModel.unpack(folder.resolve("nano"));
        Path base = Files.createDirectories(folder.resolve("base"));
        try (DecoderWeights weights = DecoderWeights.random(SPEC, dtype, deviation, 1)) {
            ModelDirectory.write(base, weights, Map.of("bos_token_id", 0, "eos_token_id", List.of(0, 5)));
        }
        for (String name : List.of("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")) {
            Files.copy(nano.resolve(name), base.resolve(name));
        }
        return ModelDirectory.open(base);
    }

    static ExportModel untuned(Path folder) throws IOException {
        return new ExportModel("tiny", base(folder), Optional.empty(), Optional.empty());
    }

    /** The same with an adapter that changes every projection by about as much as it is. */
    static ExportModel tuned(Path folder) throws IOException {
        return tuned(folder, Dtype.BF16, 0.05);
    }

    /** The same over a base whose weights have this type and this standard deviation. */
    static ExportModel tuned(Path folder, Dtype dtype, double deviation) throws IOException {
        ModelDirectory base = base(folder, dtype, deviation);
        Path adapter = folder.resolve("adapter");
        try (LoraAdapter lora = LoraAdapter.fresh(SPEC, LoraSpec.everyProjection(4, 8), 1);
                PointerScope _ = new PointerScope()) {
            Scopes.withoutGradients(() -> {
                Tensor values = lora.values();
                return values.normal_(0, 0.05, new GeneratorOptional(torch.createCPUGenerator(7)));
            });
            PeftDirectory.write(
                    adapter, lora, new PeftDirectory.Base("tiny", base.weightsHash(), base.path(), Optional.empty()));
        }
        return new ExportModel("ft:tiny:org::abc", base, Optional.of(adapter), PeftDirectory.template(adapter));
    }
}
