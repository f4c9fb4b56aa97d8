package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.pretrain.PretrainEvent;
import ai.luthier.engine.pretrain.PretrainRecipe;
import ai.luthier.engine.pretrain.Pretraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code luthier pretrain}: trains a tokenizer and a small model from stories. Ctrl-C and SIGTERM write a checkpoint; the same
 * command goes on from there. {@code --finish-tokens} takes the learning rate to zero and writes the model.
 */
@Command(
        name = "pretrain",
        mixinStandardHelpOptions = true,
        description = "Train a tokenizer and a small model from stories; stop and go on at any moment.")
final class PretrainCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Option(
            names = "--stories",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "JSON lines with `text` and perhaps `topic`; .gz files are unpacked.")
    private List<Path> stories = List.of();

    @Option(
            names = "--recipe",
            required = true,
            paramLabel = "FILE",
            description = "Sizes, rates and what is held out, for example luthier-nano/recipe/pretrain.json.")
    private Path recipe = Path.of("");

    @Option(
            names = "--chat-template",
            required = true,
            paramLabel = "FILE",
            description = "The Jinja template that goes with the model.")
    private Path chatTemplate = Path.of("");

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "The run's folder: corpus, checkpoint, and the model once finished.")
    private Path folder = Path.of("");

    @Option(
            names = "--threads",
            defaultValue = "1",
            description = "Threads to compute with (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--checkpoint-seconds",
            defaultValue = "120",
            paramLabel = "N",
            description = "Time between checkpoints (default: ${DEFAULT-VALUE}).")
    private int checkpointSeconds;

    @Option(
            names = "--finish-tokens",
            defaultValue = "0",
            paramLabel = "N",
            description =
                    "Let the learning rate fall to zero over so many tokens, then write DIR/model. The checkpoint stays"
                            + " where it is, so training can go on from it later.")
    private long finishTokens;

    private final Console console = Console.standard();

    @Override
    public Integer call() throws IOException {
        var request = new Pretraining.Request(
                stories,
                readRecipe(),
                Files.readString(chatTemplate),
                folder,
                threads,
                Duration.ofSeconds(checkpointSeconds),
                finishTokens);
        var stop = new AtomicBoolean();
        var stopped = new CountDownLatch(1);
        // The process ends only when its hooks do: this one waits until the checkpoint is written.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.set(true);
            awaitQuietly(stopped);
        }));
        try {
            console.say(
                    "Reading " + stories.size() + " files; the first time the corpus is shaped, which takes a minute.");
            Pretraining.run(request, stop::get, this::tell);
        } finally {
            stopped.countDown();
        }
        console.endProgress();
        boolean finished = finishTokens > 0 && !stop.get();
        console.print(finished ? "The model is in " + folder.resolve("model") : "Stopped; the same command goes on.");
        return 0;
    }

    private PretrainRecipe readRecipe() throws IOException {
        try {
            return JsonMapper.shared().readValue(Files.readAllBytes(recipe), PretrainRecipe.class);
        } catch (JacksonException refused) {
            throw new UserError(
                    ErrorCode.INVALID_CONFIGURATION,
                    "--recipe",
                    recipe + " is not a recipe: " + refused.getOriginalMessage()
                            + ". Compare it with luthier-nano/recipe/pretrain.json.",
                    refused);
        }
    }

    private void tell(PretrainEvent event) {
        switch (event) {
            case PretrainEvent.Prepared prepared ->
                console.say(String.format(
                        Locale.ROOT,
                        "%,d rows of %,d tokens to train on, %,d held out; %,d near duplicates dropped",
                        prepared.trainingRows(),
                        prepared.trainingTokens(),
                        prepared.validationRows(),
                        prepared.duplicates()));
            case PretrainEvent.Progress progress ->
                console.progress(String.format(
                        Locale.ROOT,
                        "step %,d  epoch %d  %.2f M tokens  loss %.4f  gradient %.2f  %,.0f tokens/s%s",
                        progress.step(),
                        progress.epoch() + 1,
                        progress.tokens() / 1e6,
                        progress.loss(),
                        progress.gradientNorm(),
                        progress.tokensPerSecond(),
                        left(progress.secondsLeft())));
            case PretrainEvent.Validated validated ->
                console.say(String.format(
                        Locale.ROOT,
                        "step %,d  %.2f M tokens  validation loss %.4f  %.4f bits per byte",
                        validated.step(),
                        validated.tokens() / 1e6,
                        validated.loss(),
                        validated.bitsPerByte()));
            case PretrainEvent.Saved saved -> console.say("step " + saved.step() + " saved in " + saved.checkpoint());
        }
    }

    private static String left(double seconds) {
        return seconds < 0 ? "" : String.format(Locale.ROOT, "  %.0f min left", Math.ceil(seconds / 60));
    }

    private static void awaitQuietly(CountDownLatch stopped) {
        try {
            if (!stopped.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println("luthier: the last step did not end in time; the checkpoint before it stands.");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
