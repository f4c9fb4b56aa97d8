package ai.luthier.engine.export;

import ai.luthier.engine.gguf.Architecture;
import ai.luthier.engine.gguf.GgufValue;
import ai.luthier.engine.gguf.GgufWriter;
import ai.luthier.engine.gguf.Quantization;
import ai.luthier.engine.gguf.TokenizerMetadata;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.text.tokens.ExampleEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One GGUF file with all that llama.cpp needs: weights with the adapter added in, tokenizer, special ids, chat template. */
final class GgufExport {

    private GgufExport() {}

    static void write(Path file, ExportModel model, Quantization quantization) throws IOException {
        Architecture architecture = Architecture.ofModelType(model.base().modelType());
        DecoderSpec spec = model.base().spec();
        List<Architecture.Weight> weights = architecture.weights(spec);
        Map<String, Architecture.Weight> byName =
                weights.stream().collect(Collectors.toMap(Architecture.Weight::ggufName, Function.identity()));
        List<GgufWriter.Plan> plans = weights.stream()
                .map(weight -> new GgufWriter.Plan(
                        weight.ggufName(), quantization.type(weight.ggufName(), weight.shape(), spec), weight.shape()))
                .toList();
        try (MergedWeights merged = MergedWeights.open(model)) {
            GgufWriter.write(file, metadata(model, architecture, quantization), plans, (name, from, to) -> {
                Architecture.Weight weight = Objects.requireNonNull(byName.get(name));
                // A vector is one row of its file; here its elements are the rows.
                return weight.shape().length == 1
                        ? merged.rows(weight.name(), weight::source, 0, weight.shape()[0])
                        : merged.rows(weight.name(), weight::source, from, to);
            });
        }
    }

    private static Map<String, GgufValue> metadata(
            ExportModel model, Architecture architecture, Quantization quantization) throws IOException {
        Map<String, GgufValue> keys = new LinkedHashMap<>();
        keys.put("general.architecture", new GgufValue.Text(architecture.id()));
        keys.put("general.type", new GgufValue.Text("model"));
        keys.put("general.name", new GgufValue.Text(model.name()));
        keys.put("general.file_type", new GgufValue.Whole(quantization.fileType()));
        keys.put("general.quantization_version", new GgufValue.Whole(2));
        keys.putAll(architecture.parameters(model.base().spec()));
        try (ExampleEncoder encoder = model.encoder()) {
            keys.putAll(TokenizerMetadata.of(
                    model.base().path(),
                    encoder.tokenizer(),
                    model.base().spec().vocabulary(),
                    model.stopIds(encoder),
                    model.templateSource()));
        }
        return keys;
    }
}
