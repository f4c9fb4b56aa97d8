package ai.luthier.server.training;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.train.DpoSpec;
import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.options.Begun;
import ai.luthier.engine.train.options.TrainingOptions;
import ai.luthier.engine.worker.RunFolder;
import ai.luthier.server.files.FileService;
import ai.luthier.server.jobs.JobRow;
import ai.luthier.server.jobs.TrainingChoices;
import ai.luthier.server.jobs.Work;
import ai.luthier.server.store.DurableFiles;
import ai.luthier.text.data.JobMethod;
import ai.luthier.text.plan.Auto;
import ai.luthier.text.plan.StepPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides what a job's run computes: numbers for every "auto", limits, places on disk. Safe for any thread. */
public final class RunPlanner {

    /** The name of the object with a job's options, in messages. */
    private static final String OBJECT = "luthier";

    private final TrainableModels models;
    private final FileService files;
    private final Path runs;
    private final TrainingSettings settings;
    private final Overlong overlongByDefault;

    /** @param runs where every run has a folder, named by its job */
    public RunPlanner(
            TrainableModels models,
            FileService files,
            Path runs,
            TrainingSettings settings,
            Overlong overlongByDefault) {
        this.models = models;
        this.files = files;
        this.runs = runs;
        this.settings = settings;
        this.overlongByDefault = overlongByDefault;
    }

    /** What a run computes, the numbers behind "auto", and its optimiser steps. */
    record Plan(RunSpec spec, TrainingChoices chosen, int totalSteps) {}

    RunFolder folder(JobRow job) {
        return new RunFolder(runs.resolve(job.id()));
    }

    /** Removes the folder of a job that will not run. */
    void discard(JobRow job) {
        remove(folder(job).root());
    }

    /**
     * Removes what a killed server could not; call it at the start, before jobs go on.
     *
     * @param leavesNothing tells of a job's id whether nobody needs its folder any more
     */
    public void sweep(Predicate<String> leavesNothing) {
        if (!Files.isDirectory(runs)) {
            return;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(runs)) {
            for (Path folder : folders) {
                if (leavesNothing.test(folder.getFileName().toString())) {
                    remove(folder);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path folder) {
        try {
            DurableFiles.deleteTree(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the run's folder " + folder + " stays behind", e);
        }
    }

    /** The plan of a validated job; the same for every claim of it. */
    Plan plan(Work work) {
        JobRow job = work.job();
        Integer rows = job.examples();
        if (rows == null) {
            throw new Internal(ErrorCode.INTERNAL, null, job.id() + " was queued without having been validated");
        }
        TrainableModel model = models.find(work.owner(), job.model());
        TrainingChoices asked = job.asked();
        int epochs = Optional.ofNullable(asked.epochs()).orElseGet(() -> Auto.epochs(rows));
        int batchSize = batchSize(job, rows);
        double multiplier = Optional.ofNullable(asked.multiplier()).orElse(model.autoMultiplier());
        TrainingOptions options = options(job, model);
        RunSpec spec = new RunSpec(
                model.base(),
                model.baseId(),
                model.template(),
                model.adapter(),
                place(work, job.trainingFile(), "training.jsonl"),
                Optional.ofNullable(job.validationFile()).map(file -> place(work, file, "validation.jsonl")),
                options.rank(),
                options.alpha(),
                epochs,
                batchSize,
                model.learningRate()
                        * LearningRates.factor(asked.method())
                        * LearningRates.factor(options.tuning())
                        * multiplier,
                options.warmupRatio(),
                options.maxGradientNorm(),
                options.weightDecay(),
                job.seed(),
                options.precision(),
                contextLimit(model),
                options.overlong(),
                settings.checkpointSteps(),
                settings.checkpointSeconds(),
                settings.threads(),
                options.recompute(),
                options.path(),
                Optional.empty(),
                job.createdAt(),
                options.tuning());
        int steps = new StepPlan(rows, batchSize, epochs, job.seed()).steps();
        return switch (asked.method()) {
            case SUPERVISED -> new Plan(spec, new TrainingChoices(epochs, batchSize, multiplier), steps);
            case DPO -> {
                DpoSpec dpo =
                        options.dpo().withBeta(Optional.ofNullable(asked.beta()).orElse(DpoSpec.DEFAULT_BETA));
                yield new Plan(
                        spec.withDpo(dpo),
                        new TrainingChoices(JobMethod.DPO, epochs, batchSize, multiplier, dpo.beta()),
                        steps);
            }
        };
    }

    /** What the job asked for, or what "auto" means for so many rows. */
    static int batchSize(JobRow job, int rows) {
        return Optional.ofNullable(job.asked().batchSize()).orElseGet(() -> Auto.batchSize(rows));
    }

    /** The smaller of the catalogue's training context and the model's own. */
    static int contextLimit(TrainableModel model) {
        return Math.min(
                model.trainingContext(),
                ModelDirectory.open(model.base()).spec().context());
    }

    Overlong overlong(JobRow job) {
        return options(job.extension(), defaults()).overlong();
    }

    /**
     * Compares what the job's object {@code luthier} chose with the model.
     *
     * @throws ai.luthier.api.UserError where they do not fit
     */
    void requireFits(JobRow job, TrainableModel model) {
        DecoderSpec decoder = ModelDirectory.open(model.base()).spec();
        Optional<Begun> begun = model.begun(decoder);
        TrainingOptions options =
                options(job.extension(), begun.map(defaults()::goingOnFrom).orElse(defaults()));
        options.tuning().requireFits(decoder, OBJECT);
        begun.ifPresent(before -> options.requireGoesOn(before, OBJECT));
    }

    /** What the job's object {@code luthier} chose, and this server's settings, or what its model was tuned with, for the rest. */
    TrainingOptions options(JobRow job, TrainableModel model) {
        return options(job.extension(), model);
    }

    /** The same for an object {@code luthier}; null for none. */
    public TrainingOptions options(@Nullable Map<String, Object> chosen, TrainableModel model) {
        Optional<Begun> begun = model.begun(ModelDirectory.open(model.base()).spec());
        return options(chosen, begun.map(defaults()::goingOnFrom).orElse(defaults()));
    }

    private static TrainingOptions options(@Nullable Map<String, Object> chosen, TrainingOptions defaults) {
        return TrainingOptions.read(Optional.ofNullable(chosen).orElse(Map.of()), defaults, OBJECT);
    }

    private TrainingOptions defaults() {
        return TrainingOptions.defaults(
                overlongByDefault, settings.path(), settings.recompute(), settings.activationCacheBytes());
    }

    /** A file of the job in the run's folder, put there once; it stays even if the file is deleted meanwhile. */
    Path place(Work work, String file, String name) {
        Path target = folder(work.job()).root().resolve(name);
        if (!Files.exists(target)) {
            try {
                Files.createDirectories(target.getParent());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            files.place(work.owner(), file, target);
        }
        return target;
    }
}
