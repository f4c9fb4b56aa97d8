package ai.luthier.server.http;

import static ai.luthier.server.http.Authentication.caller;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.export.ExportFormat;
import ai.luthier.engine.gguf.Quantization;
import ai.luthier.server.http.request.Complaint;
import ai.luthier.server.serving.ExportedModel;
import ai.luthier.server.serving.ModelHost;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/models/{model}/export?format=…&quantization=…}, an extension: a model as a zip that is made while it is sent. */
final class ExportRoute {

    private static final List<String> FORMATS =
            Arrays.stream(ExportFormat.values()).map(ExportFormat::option).toList();
    private static final List<String> QUANTIZATIONS =
            Arrays.stream(Quantization.values()).map(Quantization::option).toList();

    private final ModelHost host;

    ExportRoute(ModelHost host) {
        this.host = host;
    }

    void export(Context context) {
        ExportFormat format = format(context.queryParam("format"));
        Quantization quantization = quantization(context.queryParam("quantization"), format);
        String model = context.pathParam("id");
        try (ClientWatch watch = new ClientWatch(context);
                ExportedModel exported =
                        host.export(caller(context), model, format, quantization, () -> !watch.gone())) {
            context.contentType("application/zip");
            context.header(
                    "content-disposition",
                    "attachment; filename=\"" + model.replaceAll("[^A-Za-z0-9._-]+", "-") + "-" + format.option()
                            + ".zip\"");
            OutputStream out = context.res().getOutputStream();
            zip(exported.folder(), out);
            out.flush();
        } catch (IOException | CancellationException e) {
            throw new ClientGone(e);
        }
    }

    private static ExportFormat format(@Nullable String given) {
        if (given == null) {
            throw new UserError(
                    ErrorCode.MISSING_VALUE,
                    "format",
                    "Missing required parameter: 'format', one of " + String.join(", ", FORMATS) + ".");
        }
        return ExportFormat.of(given).orElseThrow(() -> Complaint.notOneOf("format", given, FORMATS));
    }

    private static Quantization quantization(@Nullable String given, ExportFormat format) {
        if (given == null) {
            return Quantization.F16;
        }
        if (!format.quantises()) {
            throw new UserError(
                    ErrorCode.UNSUPPORTED_VALUE,
                    "quantization",
                    "A model exported as '" + format.option() + "' is not quantised; leave 'quantization' out.");
        }
        return Quantization.of(given).orElseThrow(() -> Complaint.notOneOf("quantization", given, QUANTIZATIONS));
    }

    /** The files of one folder. Weights do not get smaller by packing, so nothing is packed. */
    private static void zip(Path folder, OutputStream out) throws IOException {
        List<Path> files;
        try (var listing = Files.list(folder)) {
            files = listing.sorted().toList();
        }
        ZipOutputStream zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.NO_COMPRESSION);
        for (Path file : files) {
            zip.putNextEntry(new ZipEntry(file.getFileName().toString()));
            Files.copy(file, zip);
            zip.closeEntry();
        }
        zip.finish();
    }
}
