package ai.luthier.server.training;

import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.worker.RunFolder;
import ai.luthier.server.files.ContentCheck;
import ai.luthier.server.files.FileService;
import ai.luthier.server.files.NewFile;
import ai.luthier.server.files.StagedFile;
import ai.luthier.server.jobs.JobReports;
import ai.luthier.server.jobs.Published;
import ai.luthier.server.jobs.ResultCsv;
import ai.luthier.server.jobs.Success;
import ai.luthier.server.jobs.Work;
import ai.luthier.server.models.ModelRegistry;
import ai.luthier.server.store.DurableFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Turns what a worker left in its run's folder into models that can be served.
 *
 * <p>The order is always: copy and sync the weights, try to load them, commit the rows that name them. So a model exists for
 * clients exactly when it works. Safe for any thread.
 */
public final class Publisher {

    private final JobReports reports;
    private final FileService files;
    private final ModelRegistry models;
    private final Servable servable;
    private final TrainingPrices prices;

    /** Loads an adapter as the server would for a request, and throws if that is impossible. */
    @FunctionalInterface
    public interface Servable {
        void check(String base, Path adapter);
    }

    /** What training costs. */
    @FunctionalInterface
    public interface TrainingPrices {
        /** USD for so many trained tokens of a model, exact. */
        BigDecimal usd(String model, long trainedTokens);
    }

    public Publisher(
            JobReports reports, FileService files, ModelRegistry models, Servable servable, TrainingPrices prices) {
        this.reports = reports;
        this.files = files;
        this.models = models;
        this.servable = servable;
        this.prices = prices;
    }

    /** Makes the adapter after an epoch a model. Epochs that were dropped since, and the last one, are passed over. */
    void publishSnapshot(Work work, RunFolder folder, RunEvent.Snapshot snapshot, int totalSteps) {
        Path source = folder.root().resolve(snapshot.folder());
        if (snapshot.step() >= totalSteps || !Files.isDirectory(source)) {
            return;
        }
        String name = models.newFolder();
        copy(source, models.folder(name));
        removeObsolete(reports.snapshot(work.lease(), snapshot.step(), name));
    }

    /** Makes the final adapter a model and ends the job as succeeded. */
    void publishResult(Work work, RunFolder folder, long trainedTokens) {
        String name = models.newFolder();
        copy(folder.adapter(), models.folder(name));
        servable.check(work.job().model(), models.folder(name));
        byte[] csv = ResultCsv.of(reports.metrics(work.lease())).getBytes(StandardCharsets.UTF_8);
        StagedFile results = files.stage(
                work.owner(),
                new NewFile("step_metrics.csv", "fine-tune-results", null),
                new ByteArrayInputStream(csv),
                ContentCheck.NONE);
        BigDecimal usd = prices.usd(work.job().model(), trainedTokens);
        removeObsolete(reports.succeeded(work.lease(), new Success(name, trainedTokens, results, usd)));
        discard(folder);
    }

    /** Removes everything of a run that nobody needs any more. */
    void discard(RunFolder folder) {
        try {
            DurableFiles.deleteTree(folder.root());
        } catch (IOException e) {
            throw new UncheckedIOException("the run's folder " + folder.root() + " stays behind", e);
        }
    }

    private void removeObsolete(Published published) {
        published.obsoleteFolders().forEach(models::removeFolder);
    }

    private static void copy(Path source, Path target) {
        try {
            DurableFiles.copyTree(source, target);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + source + " to " + target, e);
        }
    }
}
