package ai.luthier.server.training;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.train.Overlong;
import ai.luthier.server.files.ContentCheck;
import ai.luthier.server.files.FileService;
import ai.luthier.server.files.NewFile;
import ai.luthier.server.files.StagedFile;
import ai.luthier.server.jobs.EventRow;
import ai.luthier.server.jobs.JobFailure;
import ai.luthier.server.jobs.JobQueue;
import ai.luthier.server.jobs.JobReports;
import ai.luthier.server.jobs.JobRow;
import ai.luthier.server.jobs.Lease;
import ai.luthier.server.jobs.Validated;
import ai.luthier.server.jobs.Work;
import ai.luthier.text.data.Problem;
import ai.luthier.text.data.ProblemWriter;
import ai.luthier.text.data.TokenTotals;
import ai.luthier.text.data.TrainingFile;
import ai.luthier.text.data.ValidationReport;
import ai.luthier.text.data.ValidationSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges the files of a job before it is queued. A job whose files are bad fails here, with the first error in OpenAI's words,
 * the first hundred as events and all of them in a report file.
 *
 * <p>Safe for any thread.
 */
public final class FileValidation {

    private static final int SHOWN_WARNINGS = 20;

    private final JobQueue queue;
    private final JobReports reports;
    private final FileService files;
    private final TrainableModels models;
    private final RowCounters counters;
    private final RunPlanner planner;
    private final MemoryGate memory;

    public FileValidation(
            JobQueue queue,
            JobReports reports,
            FileService files,
            TrainableModels models,
            RowCounters counters,
            RunPlanner planner,
            MemoryGate memory) {
        this.queue = queue;
        this.reports = reports;
        this.files = files;
        this.models = models;
        this.counters = counters;
        this.planner = planner;
        this.memory = memory;
    }

    /** Ends with the job queued or failed, and its lease over. */
    void validate(Work work) {
        try (Heartbeats _ = Heartbeats.start(queue, work.lease())) {
            TrainableModel model = models.find(work.owner(), work.job().model());
            planner.requireFits(work.job(), model);
            Optional<TokenTotals> totals = judge(work, model, work.job().trainingFile(), true);
            String validationFile = work.job().validationFile();
            Optional<TokenTotals> held =
                    totals.isPresent() && validationFile != null ? judge(work, model, validationFile, false) : totals;
            if (totals.isEmpty() || held.isEmpty()) {
                planner.discard(work.job()); // the job has failed
                return;
            }
            refuseTooLarge(work.job(), model, totals.get(), held.get());
            reports.validated(
                    work.lease(),
                    new Validated(totals.get().rows(), totals.get().tokens()));
        } catch (UserError refused) {
            fail(work.lease(), refused, List.of(), null);
            planner.discard(work.job());
        }
    }

    private void refuseTooLarge(JobRow job, TrainableModel model, TokenTotals training, TokenTotals validation) {
        int batch = RunPlanner.batchSize(job, training.rows());
        int longest = Math.min(RunPlanner.contextLimit(model), Math.max(training.longest(), validation.longest()));
        memory.refuse(
                model,
                job.model(),
                job.asked().method(),
                planner.options(job, model),
                new MemoryGate.Examples(
                        batch,
                        longest,
                        training.tokens() + validation.tokens(),
                        (long) training.rows() + validation.rows()));
    }

    /** Empty when the file is bad and the job has failed because of it. */
    private Optional<TokenTotals> judge(Work work, TrainableModel model, String fileId, boolean training) {
        String param = training ? "training_file" : "validation_file";
        Path file = place(work, fileId, param, training ? "training.jsonl" : "validation.jsonl");
        Path reportFile = file.resolveSibling(param + ".report.jsonl");
        List<String> errors = new ArrayList<>();
        ValidationReport report;
        try (RowCounter counter = counters.of(model, Clock.fixed(work.job().createdAt(), ZoneOffset.UTC));
                ProblemWriter writer = new ProblemWriter(Files.newBufferedWriter(reportFile, StandardCharsets.UTF_8))) {
            report = TrainingFile.open(file).validate(settings(work.job(), model, fileId, training), counter, writer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        report.errors().stream().map(Problem::text).forEach(errors::add);
        Optional<UserError> refusal = report.refusal(param);
        if (refusal.isPresent()) {
            fail(work.lease(), refusal.get(), errors, stage(work, reportFile, param));
            return Optional.empty();
        }
        report.warnings().stream()
                .limit(SHOWN_WARNINGS)
                .forEach(warning -> reports.message(
                        work.lease(), EventRow.Level.WARN, param + ":" + warning.text(), warning.text()));
        TokenTotals totals = report.tokens();
        if (totals == null || totals.rows() == 0) {
            fail(work.lease(), nothingToLearn(param), errors, stage(work, reportFile, param));
            return Optional.empty();
        }
        return Optional.of(totals);
    }

    private Path place(Work work, String fileId, String param, String name) {
        try {
            return planner.place(work, fileId, name);
        } catch (UserError missing) {
            throw new UserError(
                    ErrorCode.FILE_NOT_FOUND,
                    param,
                    "The file " + fileId
                            + " was deleted before the job could read it. Upload it again and create a new job.");
        }
    }

    private ValidationSettings settings(JobRow job, TrainableModel model, String fileId, boolean training) {
        int limit = RunPlanner.contextLimit(model);
        ValidationSettings settings = (training
                        ? ValidationSettings.training(fileId, limit)
                        : ValidationSettings.validation(fileId, limit))
                .forMethod(job.asked().method());
        return planner.overlong(job) == Overlong.TRUNCATE ? settings.cuttingOverlong() : settings;
    }

    private StagedFile stage(Work work, Path report, String param) {
        try (InputStream content = Files.newInputStream(report)) {
            return files.stage(
                    work.owner(),
                    new NewFile(param + "_report.jsonl", "fine-tune-results", null),
                    content,
                    ContentCheck.NONE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static UserError nothingToLearn(String param) {
        return new UserError(
                ErrorCode.INVALID_TRAINING_FILE,
                param,
                "The job failed due to an invalid training file. No row has an assistant message to learn from: each is empty,"
                        + " has weight 0, or lies behind the token limit.");
    }

    private void fail(Lease lease, UserError refused, List<String> errors, @Nullable StagedFile report) {
        String code = refused.code().wireCode().orElse("invalid_training_file");
        reports.failed(
                lease, new JobFailure(code, refused.text(), refused.param().orElse("training_file")), errors, report);
    }
}
