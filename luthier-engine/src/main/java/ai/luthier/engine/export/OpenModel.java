package ai.luthier.engine.export;

import ai.luthier.engine.adapter.ChangedWeights;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.gguf.GgufModel;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.text.tokens.ExampleEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model in memory as the gate asks it: in fp32, so that nothing but the weights can differ. Used by one thread and closed by it.
 *
 * @param template source of the chat template
 * @param afterwards releases what adapter and decoder lie in
 */
record OpenModel(
        Decoder decoder, Adapter adapter, ExampleEncoder encoder, Optional<String> template, Runnable afterwards)
        implements AutoCloseable {

    /** Base and adapter side by side, or the base with its changed weights, as they are served. */
    static OpenModel of(ExportModel model) throws IOException {
        if (model.adapter().filter(ChangedWeights::isIn).isPresent()) {
            return changed(model, model.adapter().get());
        }
        Optional<LoraAdapter> lora = model.adapter().isPresent()
                ? Optional.of(
                        PeftDirectory.read(model.adapter().get(), model.base().spec()))
                : Optional.empty();
        return new OpenModel(
                model.base().decoder(Dtype.FP32),
                lora.map(weights -> weights.in(Dtype.FP32)).orElse(Adapter.NONE),
                model.encoder(),
                model.templateSource(),
                () -> lora.ifPresent(LoraAdapter::close));
    }

    private static OpenModel changed(ExportModel model, Path directory) throws IOException {
        Decoder base = model.base().decoder(Dtype.FP32);
        ChangedWeights weights = ChangedWeights.open(directory, base.spec());
        return new OpenModel(
                new Decoder(weights.over(base.weights())),
                Adapter.NONE,
                model.encoder(),
                model.templateSource(),
                base::close);
    }

    /** What a merged directory holds. */
    static OpenModel ofDirectory(Path directory) throws IOException {
        return of(new ExportModel(
                directory.toString(), ModelDirectory.open(directory), Optional.empty(), Optional.empty()));
    }

    /** What a GGUF file holds, its tokenizer rebuilt from its metadata in an empty folder. */
    static OpenModel ofGguf(Path file, Path folder) throws IOException {
        Files.createDirectories(folder);
        try (GgufModel model = GgufModel.open(file)) {
            model.describe(folder);
            return new OpenModel(
                    new Decoder(model.weights(ModelDirectory.open(folder).spec(), Dtype.FP32)),
                    Adapter.NONE,
                    ExampleEncoder.load(folder, Optional.empty()),
                    ExampleEncoder.templateSource(folder, Optional.empty()),
                    () -> {});
        }
    }

    @Override
    public void close() {
        encoder.close();
        decoder.close();
        afterwards.run();
    }
}
