package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.Folders;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.export.ExportFormat;
import ai.luthier.engine.export.ExportModel;
import ai.luthier.engine.export.Exporter;
import ai.luthier.engine.export.ParityReport;
import ai.luthier.engine.gguf.Quantization;
import ai.luthier.server.LuthierServer;
import ai.luthier.server.models.Base;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code luthier export}: a model for peft, transformers, llama.cpp or Ollama, compared with the one in memory before it is done. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description =
                "Write a base or a fine-tuned model for peft, transformers, llama.cpp or Ollama, and check that it"
                        + " answers as it does here.")
final class ExportCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "MODEL",
            description = "A base, an ft: model, a model directory, or the folder of a run of `luthier train`.")
    private String model;

    @Option(names = "--format", required = true, description = "peft, safetensors, gguf or ollama.")
    private String format;

    @Option(names = "--quantization", description = "Of gguf and ollama: f16 (default), bf16, q8_0, q4_0 or q4_k_m.")
    private @Nullable String quantization;

    @Option(names = "--out", required = true, description = "Folder to make; it must not be there yet.")
    private Path out;

    @Option(names = "--data", description = "Data directory (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("luthier-data");

    private final Console console = Console.standard();

    @Override
    public Integer call() throws IOException {
        ExportFormat chosen = ExportFormat.of(format)
                .orElseThrow(() -> notOneOf("--format", format, Arrays.toString(ExportFormat.values())));
        Quantization types = quantization(chosen);
        if (Files.exists(out)) {
            throw new UserError(
                    ErrorCode.INVALID_VALUE, "--out", out + " is there already. Choose another folder or remove it.");
        }
        Optional<ApiClient> running = StateAccess.server(data);
        if (!model.startsWith("ft:")) {
            report(local(chosen, types));
        } else if (running.isPresent()) {
            report(remote(running.get(), chosen, types));
        } else {
            try (LuthierServer _ = LuthierServer.start(Settings.of(data, Map.of("server.port", "0")))) {
                report(remote(StateAccess.server(data).orElseThrow(), chosen, types));
            }
        }
        return 0;
    }

    private Quantization quantization(ExportFormat chosen) {
        if (quantization == null) {
            return Quantization.F16;
        }
        if (!chosen.quantises()) {
            throw new UserError(
                    ErrorCode.USAGE, "--quantization", "Only gguf and ollama are quantised; leave --quantization out.");
        }
        String given = quantization;
        return Quantization.of(given)
                .orElseThrow(() -> notOneOf("--quantization", given, Arrays.toString(Quantization.values())));
    }

    private static UserError notOneOf(String option, String given, String known) {
        return new UserError(
                ErrorCode.USAGE,
                option,
                option + " " + given + " is not one of " + known.toLowerCase(java.util.Locale.ROOT) + ".");
    }

    private ParityReport local(ExportFormat chosen, Quantization types) throws IOException {
        Optional<ExportModel> trained = TrainedRun.find(Path.of(model));
        return Exporter.export(trained.isPresent() ? trained.get() : base(), chosen, types, out);
    }

    private ExportModel base() throws IOException {
        Base base = BaseLocator.find(model, data);
        return new ExportModel(
                base.entry().id(), ModelDirectory.open(base.directory()), Optional.empty(), base.template());
    }

    /** The server writes and checks; its zip is unpacked beside the target and then gets its name. */
    private ParityReport remote(ApiClient server, ExportFormat chosen, Quantization types) throws IOException {
        String query = "?format=" + chosen.option() + (chosen.quantises() ? "&quantization=" + types.option() : "");
        String name = URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20");
        Path target = out.toAbsolutePath().normalize();
        Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
        Folders.delete(temporary);
        Files.createDirectories(temporary);
        try (InputStream body = server.stream("/models/" + name + "/export" + query);
                ZipInputStream zip = new ZipInputStream(body)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = temporary.resolve(entry.getName()).normalize();
                if (!temporary.equals(file.getParent())) {
                    throw new IOException("the server's zip names the file " + entry.getName());
                }
                Files.copy(zip, file);
            }
            Folders.publish(temporary, target);
        } finally {
            Folders.delete(temporary);
        }
        return JsonMapper.shared().readValue(Files.readAllBytes(target.resolve("parity.json")), ParityReport.class);
    }

    private void report(ParityReport report) {
        console.print("Exported " + model + " to " + out + ".");
        console.print("  logits   differ by up to %.3g of %.3g%s; KL divergence %.3g nats on average, %.3g at most"
                .formatted(
                        report.maxLogitDifference(),
                        report.largestLogit(),
                        report.tolerance() == null
                                ? ""
                                : " (the format's rounding allows %.3g)".formatted(report.tolerance()),
                        report.meanKl(),
                        report.maxKl()));
        console.print("  greedy   %d of %d prompts have the same tokens, %d of %d tokens before a difference"
                .formatted(report.greedy(), report.prompts(), report.greedyTokens(), report.greedyTokensAsked()));
        console.print("  ids      %d of %d texts have the same; the chat template is the same, byte for byte"
                .formatted(report.ids(), report.texts()));
        console.print("  Written beside it as parity.json.");
    }
}
