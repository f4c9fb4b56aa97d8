package ai.luthier.engine.export;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.AtomicFile;
import ai.luthier.engine.checkpoint.Folders;
import ai.luthier.engine.gguf.Quantization;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.text.tokens.ExampleEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a model in a format of the outside world, reads it back, compares it with the model in memory, and only then gives it its
 * name: a folder under that name has passed the gate, and holds what the gate found as {@code parity.json}.
 *
 * <p>Writing streams. The gate holds one model in fp32 at a time, four bytes a weight. For any thread; one export at a time belongs to
 * one folder.
 */
public final class Exporter {

    static final String REPORT = "parity.json";

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Exporter() {}

    /**
     * Exports to {@code target}, which must not be there yet.
     *
     * @param quantization of the weights in a GGUF file; ignored by other formats
     * @return what the gate found
     * @throws UserError (UNSUPPORTED_VALUE) where the model has no such form, with the reason
     * @throws Internal where what was written is not the model; nothing is left under {@code target} then
     */
    public static ParityReport export(ExportModel model, ExportFormat format, Quantization quantization, Path target)
            throws IOException {
        return export(model, format, quantization, target, () -> true);
    }

    /**
     * The same for somebody who may leave.
     *
     * @param wanted false from the moment on at which nobody waits; asked by the thread that calls
     * @throws CancellationException soon after that; nothing is left under {@code target} then
     */
    public static ParityReport export(
            ExportModel model, ExportFormat format, Quantization quantization, Path target, BooleanSupplier wanted)
            throws IOException {
        return export(model, format, quantization, target, GateTexts.load(), new Wanted(wanted));
    }

    /** The same with other questions. */
    static ParityReport export(
            ExportModel model,
            ExportFormat format,
            Quantization quantization,
            Path target,
            GateTexts texts,
            Wanted wanted)
            throws IOException {
        Path folder = target.toAbsolutePath().normalize();
        if (Files.exists(folder)) {
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    "--out",
                    folder + " is there already. Choose another folder or remove it.");
        }
        Path temporary = folder.resolveSibling("." + folder.getFileName() + ".tmp");
        Folders.delete(temporary);
        Files.createDirectories(temporary);
        try {
            ParityReport report = write(model, format, quantization, temporary, texts, wanted);
            if (!report.passed()) {
                throw new Internal(
                        ErrorCode.INTERNAL,
                        "format",
                        "The export is not the model, so nothing was written: " + String.join(" ", report.failures()));
            }
            AtomicFile.write(temporary.resolve(REPORT), JSON.writeValueAsBytes(report));
            Folders.publish(temporary, folder);
            return report;
        } finally {
            Folders.delete(temporary);
        }
    }

    private static ParityReport write(
            ExportModel model,
            ExportFormat format,
            Quantization quantization,
            Path folder,
            GateTexts texts,
            Wanted wanted)
            throws IOException {
        String gguf = fileName(model.name()) + "-" + quantization.option() + ".gguf";
        switch (format) {
            case PEFT -> PeftExport.write(folder, model);
            case SAFETENSORS -> SafetensorsExport.write(folder, model, SafetensorsExport.SHARD_BYTES);
            case GGUF -> GgufExport.write(folder.resolve(gguf), model, quantization);
            case OLLAMA -> {
                GgufExport.write(folder.resolve(gguf), model, quantization);
                try (ExampleEncoder encoder = model.encoder()) {
                    AtomicFile.write(
                            folder.resolve("Modelfile"),
                            Modelfile.of(gguf, model, encoder).getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        return compare(model, format, quantization, folder, folder.resolve(gguf), texts, wanted);
    }

    private static ParityReport compare(
            ExportModel model,
            ExportFormat format,
            Quantization quantization,
            Path folder,
            Path gguf,
            GateTexts texts,
            Wanted wanted)
            throws IOException {
        wanted.check();
        Trace expected;
        try (OpenModel inMemory = OpenModel.of(model)) {
            expected = Trace.of(inMemory, texts, wanted);
        }
        Path readBack = folder.resolve(".read-back");
        try (OpenModel exported = switch (format) {
            case PEFT ->
                OpenModel.of(new ExportModel(model.name(), model.base(), Optional.of(folder), model.template()));
            case SAFETENSORS -> OpenModel.ofDirectory(folder);
            case GGUF, OLLAMA -> OpenModel.ofGguf(gguf, readBack);
        }) {
            Trace actual = Trace.of(exported, expected.prompts(), texts, wanted);
            return ParityGate.compare(
                    expected,
                    actual,
                    rounding(model, format, quantization),
                    format.option(),
                    format.quantises() ? quantization.option() : null);
        } finally {
            Folders.delete(readBack);
        }
    }

    /** What happens to a weight between memory and the file. */
    private static Rounding rounding(ExportModel model, ExportFormat format, Quantization quantization) {
        Dtype stored = model.base().storedDtype();
        boolean merged = model.adapter().isPresent();
        return switch (format) {
            case PEFT -> Rounding.NONE;
            case SAFETENSORS -> merged ? Rounding.of(stored) : Rounding.NONE;
            case GGUF, OLLAMA ->
                switch (quantization) {
                    case F16 -> merged || stored != Dtype.FP16 ? Rounding.F16 : Rounding.NONE;
                    case BF16 -> merged || stored != Dtype.BF16 ? Rounding.BF16 : Rounding.NONE;
                    case Q8_0 -> Rounding.EIGHT_BITS;
                    case Q4_0, Q4_K_M -> Rounding.FOUR_BITS;
                };
        };
    }

    /** A model's name without what a path could stumble over. */
    private static String fileName(String model) {
        String last = model.substring(model.lastIndexOf('/') + 1);
        String plain = last.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[.-]+|[.-]+$", "");
        return plain.isEmpty() ? "model" : plain.toLowerCase(Locale.ROOT);
    }
}
