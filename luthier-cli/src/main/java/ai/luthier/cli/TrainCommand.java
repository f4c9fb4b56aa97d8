package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Devices;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.DpoSpec;
import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.memory.Fit;
import ai.luthier.engine.train.memory.MachineMemory;
import ai.luthier.engine.train.memory.TrainingShape;
import ai.luthier.engine.train.memory.TrainingWay;
import ai.luthier.engine.train.options.TrainingOptions;
import ai.luthier.engine.worker.Fence;
import ai.luthier.engine.worker.ProgressReader;
import ai.luthier.engine.worker.RunFolder;
import ai.luthier.engine.worker.RunJson;
import ai.luthier.engine.worker.WorkerExit;
import ai.luthier.engine.worker.WorkerProcess;
import ai.luthier.server.models.Base;
import ai.luthier.server.models.ModelImports;
import ai.luthier.server.training.EncoderCounters;
import ai.luthier.server.training.LearningRates;
import ai.luthier.server.training.RowCounter;
import ai.luthier.text.check.CheckReport;
import ai.luthier.text.check.CheckText;
import ai.luthier.text.data.JobMethod;
import ai.luthier.text.data.ProblemSink;
import ai.luthier.text.data.TokenTotals;
import ai.luthier.text.data.TrainingFile;
import ai.luthier.text.data.ValidationReport;
import ai.luthier.text.data.ValidationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code luthier train}: one run without a server, by the same worker that jobs use; goes on where it was stopped. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description =
                "Fine-tune without a server. Ctrl-C stops with a checkpoint; the same command goes on from there.")
final class TrainCommand implements Callable<Integer> {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final int INTERRUPTED = 75;

    @Option(names = "--file", required = true, description = "Training file, JSONL.")
    private Path file;

    @Option(names = "--validation-file", description = "Validation file, JSONL.")
    private @Nullable Path validationFile;

    @Option(names = "--out", required = true, description = "Folder of the run; the weights come to OUT/adapter.")
    private Path out;

    @Option(names = "--model", description = "Base: a name or a directory (default: ${DEFAULT-VALUE}).")
    private String model = "luthier-nano";

    @Option(names = "--data", description = "Data directory, for the names of bases (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("luthier-data");

    @Option(names = "--epochs", description = "Epochs (default: auto).")
    private @Nullable Integer epochs;

    @Option(names = "--batch-size", description = "Examples in a step (default: auto).")
    private @Nullable Integer batchSize;

    @Option(names = "--learning-rate-multiplier", description = "Times the base's own rate (default: auto).")
    private @Nullable Double multiplier;

    @Option(names = "--seed", description = "Of data order and start (default: ${DEFAULT-VALUE}).")
    private int seed = 0;

    @Option(
            names = "--threads",
            description = "Of the computation; 0 for one for each core (default: ${DEFAULT-VALUE}).")
    private int threads = 0;

    @Option(names = "--heap", description = "Java heap of the worker (default: ${DEFAULT-VALUE}).")
    private String heap = "1g";

    @Option(
            names = "--beta",
            description =
                    "Of preferences, which a file of such rows is trained on: how much departures from the base count,"
                            + " above 0 (default: auto, 0.1).")
    private @Nullable Double beta;

    @Option(
            names = "--memory",
            description =
                    "Bytes that the worker may take; a run that needs more is refused. 0 for what the machine or its"
                            + " container has, less 1 GiB (default: ${DEFAULT-VALUE}).")
    private long memory = 0;

    @Option(names = "--device", description = "Where it computes: auto, cpu or cuda (default: ${DEFAULT-VALUE}).")
    private Devices.Choice device = Devices.Choice.AUTO;

    @Mixin
    private TrainingFlags choices = new TrainingFlags();

    private final Console console = Console.standard();
    private @Nullable String failure;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Ranges.require(epochs, batchSize);
        requireFolder();
        RunFolder folder = new RunFolder(out.toAbsolutePath().normalize());
        if (!Files.exists(folder.spec())) {
            RunJson.writeSpec(folder, spec());
        } else {
            console.say("Going on with the run in " + out + "; its settings stay as they were.");
        }
        long fence = Fence.read(folder) + 1;
        Fence.raise(folder, fence);
        ProgressReader journal = new ProgressReader(folder);
        try (WorkerProcess worker =
                WorkerProcess.start(folder, fence, new WorkerProcess.Resources(heap, memory, device))) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(worker), "stop"));
            while (true) {
                Optional<WorkerExit> exit = worker.await(POLL);
                journal.next().forEach(this::show);
                if (exit.isPresent()) {
                    console.endProgress();
                    return end(exit.get(), folder);
                }
            }
        }
    }

    /** Found out before the rows are counted, which may take minutes. */
    private void requireFolder() {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new UserError(
                    ErrorCode.USAGE,
                    "--out",
                    "The folder " + out + " cannot be made (" + e.getMessage()
                            + "). Choose one that you can write to with --out.",
                    e);
        }
    }

    private static void stop(WorkerProcess worker) {
        worker.requestStop();
        try {
            if (worker.await(Duration.ofSeconds(60)).isEmpty()) {
                worker.kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private RunSpec spec() throws IOException {
        TrainingOptions options = choices.read();
        Base base = BaseLocator.find(model, data);
        DecoderSpec decoder = ModelDirectory.open(base.directory()).spec();
        options.tuning().requireFits(decoder, "");
        int limit = Math.min(base.entry().trainingContext(), decoder.context());
        Instant now = Instant.now();
        CheckReport report = check(base, limit, options, Clock.fixed(now, ZoneOffset.UTC));
        CheckReport.Forecast forecast = Objects.requireNonNull(report.forecast());
        JobMethod learning =
                Objects.requireNonNull(report.validation().format()).method();
        refuseTooLarge(base, options, learning, forecast.batchSize(), limit, report.validation());
        double rate = LearningRates.of(base.modelId())
                * LearningRates.factor(learning)
                * LearningRates.factor(options.tuning())
                * (multiplier == null ? base.entry().learningRateMultiplier() : multiplier);
        return new RunSpec(
                base.directory(),
                base.modelId(),
                base.template(),
                Optional.empty(),
                file.toAbsolutePath().normalize(),
                Optional.ofNullable(validationFile)
                        .map(path -> path.toAbsolutePath().normalize()),
                options.rank(),
                options.alpha(),
                forecast.epochs(),
                forecast.batchSize(),
                rate,
                options.warmupRatio(),
                options.maxGradientNorm(),
                options.weightDecay(),
                seed,
                options.precision(),
                limit,
                options.overlong(),
                RunDefaults.CHECKPOINT_STEPS,
                RunDefaults.CHECKPOINT_SECONDS,
                threads,
                options.recompute(),
                options.path(),
                learning == JobMethod.DPO ? Optional.of(dpo(options)) : Optional.empty(),
                now,
                options.tuning());
    }

    /** As a server refuses jobs. */
    private void refuseTooLarge(
            Base base, TrainingOptions options, JobMethod learning, int batch, int limit, ValidationReport rows) {
        TokenTotals totals = Objects.requireNonNull(rows.tokens());
        TrainingWay way = TrainingWay.of(options, threads > 0 ? threads : Torch.availableThreads(), memory);
        TrainingShape shape = TrainingShape.supervised(way, batch, Math.min(limit, totals.longest()), totals.tokens())
                .ofExamples(totals.rows());
        ModelDirectory directory = ModelDirectory.open(base.directory());
        long available = memory > 0 ? memory : MachineMemory.here().forOneRun(1);
        Optional<UserError> refusal = new Fit(directory.spec(), directory.storedDtype(), available)
                .refusal(
                        base.modelId(),
                        "--file",
                        learning == JobMethod.DPO ? shape.onPairs() : shape,
                        false,
                        memory > 0 ? List.of("more memory (--memory)") : List.of());
        if (refusal.isPresent()) {
            throw refusal.get();
        }
    }

    private DpoSpec dpo(TrainingOptions options) {
        double chosen = beta == null ? DpoSpec.DEFAULT_BETA : beta;
        if (!(chosen > 0 && Double.isFinite(chosen))) {
            throw new UserError(ErrorCode.INVALID_VALUE, "--beta", "--beta is " + chosen + "; it must be above 0.");
        }
        return options.dpo().withBeta(chosen);
    }

    /** With a forecast and a format. */
    private CheckReport check(Base base, int limit, TrainingOptions options, Clock clock) {
        ValidationSettings settings =
                ValidationSettings.training(file.toString(), limit).forMethod(null);
        ValidationReport validation;
        try (RowCounter counter = EncoderCounters.of(base.directory(), base.template(), clock)) {
            validation = TrainingFile.open(file)
                    .validate(
                            options.overlong() == Overlong.TRUNCATE ? settings.cuttingOverlong() : settings,
                            counter,
                            ProblemSink.NONE);
        }
        CheckReport report = CheckReport.of(file.toString(), base.entry(), validation, epochs, batchSize, null);
        console.say(CheckText.of(report));
        if (report.forecast() == null) {
            throw new UserError(
                    ErrorCode.INVALID_TRAINING_FILE,
                    "--file",
                    file + " cannot be trained on; the errors are listed above.");
        }
        return report;
    }

    private void show(RunEvent event) {
        switch (event) {
            case RunEvent.Started started ->
                console.say(started.rows() + " rows, " + started.totalSteps() + " steps, " + started.epochTokens()
                        + " tokens an epoch");
            case RunEvent.PathChosen chosen -> console.say(chosen.sentence());
            case RunEvent.ReferenceScored scored -> console.say(scored.sentence());
            case RunEvent.Resumed resumed ->
                console.say("Going on after step " + resumed.step()
                        + (resumed.exact() ? "" : " (another type of CPU: equal only up to rounding)"));
            case RunEvent.StepDone step -> console.progress(progress(step));
            case RunEvent.Snapshot snapshot ->
                console.say("Epoch " + snapshot.epoch() + " is in " + out.resolve(snapshot.folder()));
            case RunEvent.Warning warning -> console.say(console.red("warning: ") + warning.message());
            case RunEvent.Failed failed -> failure = failed.message();
            case RunEvent.Finished finished -> console.say("Trained on " + finished.trainedTokens() + " tokens.");
        }
    }

    private static String progress(RunEvent.StepDone step) {
        double left = step.tokensPerSecond() > 0
                ? (step.totalSteps() - step.step()) * (double) step.tokens() / step.tokensPerSecond()
                : 0;
        return String.format(
                Locale.ROOT,
                "  step %d/%d  loss %.3f  %.0f tokens/s  %.0f s left",
                step.step(),
                step.totalSteps(),
                step.trainLoss(),
                step.tokensPerSecond(),
                left);
    }

    private int end(WorkerExit exit, RunFolder folder) {
        return switch (exit) {
            case FINISHED -> {
                console.print(folder.adapter().toString());
                console.say("Take it elsewhere:  luthier export " + out + " --format gguf --out FOLDER");
                if (ModelImports.isAdapter(folder.adapter())) {
                    console.say("Ask it:             luthier models add " + out.resolve("adapter") + " --id NAME");
                }
                yield 0;
            }
            case INTERRUPTED -> {
                console.say("Stopped with a checkpoint; the same command goes on from there.");
                yield INTERRUPTED;
            }
            case FAILED ->
                throw new UserError(
                        ErrorCode.INVALID_TRAINING_FILE, null, failure == null ? "The run failed." : failure);
            case FAULT, FENCED, DIED ->
                throw new Internal(
                        ErrorCode.INTERNAL,
                        null,
                        "The worker ended unexpectedly (" + exit + "); its log is " + folder.log() + ".");
        };
    }
}
