package ai.luthier.engine.export;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.adapter.ChangedWeights;
import ai.luthier.engine.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The adapter as it was published, which is already peft's layout; the gate reads the copy. */
final class PeftExport {

    private PeftExport() {}

    static void write(Path directory, ExportModel model) throws IOException {
        Path adapter = model.adapter()
                .orElseThrow(() -> new UserError(
                        ErrorCode.UNSUPPORTED_VALUE,
                        "format",
                        model.name() + " is a base: nothing was added to it that peft could load. Export safetensors or"
                                + " gguf."));
        if (ChangedWeights.isIn(adapter)) {
            throw new UserError(
                    ErrorCode.UNSUPPORTED_VALUE,
                    "format",
                    model.name() + " was tuned by training whole weights: there are no low-rank factors that peft could"
                            + " load. Export safetensors or gguf.");
        }
        List<Path> files;
        try (var listing = Files.list(adapter)) {
            files = listing.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            AtomicFile.write(directory.resolve(file.getFileName()), Files.readAllBytes(file));
        }
    }
}
