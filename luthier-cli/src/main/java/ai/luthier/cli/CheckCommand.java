package ai.luthier.cli;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.train.SpeedEstimate;
import ai.luthier.server.models.Base;
import ai.luthier.server.training.EncoderCounters;
import ai.luthier.server.training.RowCounter;
import ai.luthier.text.check.CheckJson;
import ai.luthier.text.check.CheckReport;
import ai.luthier.text.check.CheckText;
import ai.luthier.text.data.ProblemSink;
import ai.luthier.text.data.TrainingFile;
import ai.luthier.text.data.ValidationReport;
import ai.luthier.text.data.ValidationSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code luthier check}: what is wrong with a training file, and what a job on it would do and cost. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description =
                "Judge a training file: every error and warning by line, tokens, epochs, steps, minutes and price.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {" 0:the file can be trained on", " 2:it has errors"})
final class CheckCommand implements Callable<Integer> {

    private static final int BAD_FILE = 2;

    @Parameters(paramLabel = "FILE", description = "JSONL: chat, prompt/completion or preferences.")
    private Path file;

    @Option(names = "--model", description = "Base to count for: a name or a directory (default: ${DEFAULT-VALUE}).")
    private String model = "gpt-4o-mini-2024-07-18";

    @Option(names = "--data", description = "Data directory (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("luthier-data");

    @Option(names = "--epochs", description = "Epochs (default: auto).")
    private @Nullable Integer epochs;

    @Option(names = "--batch-size", description = "Examples in a step (default: auto).")
    private @Nullable Integer batchSize;

    @Option(
            names = "--tokens-per-second",
            description = "Training speed of this machine (default: estimated from a second of matrix products).")
    private @Nullable Double tokensPerSecond;

    @Option(names = "--truncate", description = "Rows over the limit are cut at the end instead of being errors.")
    private boolean truncate;

    @Option(names = "--json", description = "One JSON object instead of text.")
    private boolean json;

    private final Console console = Console.standard();

    @Override
    public Integer call() throws IOException {
        Ranges.require(epochs, batchSize);
        TrainingFile training = TrainingFile.open(file);
        Base base = BaseLocator.find(model, data);
        DecoderSpec spec = ModelDirectory.open(base.directory()).spec();
        int limit = Math.min(base.entry().trainingContext(), spec.context());
        ValidationSettings settings =
                ValidationSettings.training(file.toString(), limit).forMethod(null);
        ValidationReport validation;
        try (RowCounter counter = EncoderCounters.of(base.directory(), base.template(), Clock.systemUTC())) {
            validation = training.validate(truncate ? settings.cuttingOverlong() : settings, counter, ProblemSink.NONE);
        }
        Double speed = tokensPerSecond == null && validation.ok()
                ? Double.valueOf(SpeedEstimate.tokensPerSecond(spec))
                : tokensPerSecond;
        CheckReport report = CheckReport.of(file.toString(), base.entry(), validation, epochs, batchSize, speed);
        console.print(json ? CheckJson.of(report) : CheckText.of(report).stripTrailing());
        return validation.ok() ? 0 : BAD_FILE;
    }
}
