package ai.luthier.engine.train;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.api.UserError;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.adapter.Trainee;
import ai.luthier.engine.checkpoint.Folders;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.memory.MemoryBudget;
import ai.luthier.engine.train.memory.RunMemory;
import ai.luthier.engine.train.memory.Trained;
import ai.luthier.text.plan.StepPlan;
import ai.luthier.text.tokens.TokenizedExample;
import ai.luthier.text.tokens.TokenizedPair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * One fine-tuning run, supervised or by preferences as its {@link Objective} says, from its start or its newest recovery checkpoint to the adapter.
 *
 * <p>Read {@link #run} top to bottom. A step is: the plan's rows, loss and gradients over them, one clipped update of what
 * is trained. What is written where:
 *
 * <pre>
 *   checkpoint/                 every checkpointSteps or checkpointSeconds, and at every end of an epoch
 *   snapshots/step-N/           a PEFT directory at every end of an epoch, the last three kept
 *   adapter/                    the PEFT directory of the finished run
 * </pre>
 *
 * <p>Resume is bit-exact: order of rows, start of the adapter and every sum are functions of the spec, and threads and layout
 * are those of the run's first checkpoint. One thread owns the instance, which runs once.
 */
public final class SftRun {

    /** Between two looks at a batch of the validation file. */
    private static final int VALIDATION_STEPS = 10;

    private static final int SNAPSHOTS_KEPT = 3;

    private final RunSpec spec;
    private final Path folder;
    private final Objective.Source source;
    private final RunObserver observer;
    private final WriteGate gate;
    private final BooleanSupplier stopRequested;
    private long memory; // bytes of the process; 0 for as many as it takes

    /**
     * A run of supervised fine-tuning.
     *
     * @param spec what to compute
     * @param folder the run's own, existing
     * @param source of the examples
     * @param observer told of everything that happens
     * @param gate asked before every write into the folder
     * @param stopRequested asked after every step; the run then writes a checkpoint and comes back
     */
    public SftRun(
            RunSpec spec,
            Path folder,
            RunData.Source source,
            RunObserver observer,
            WriteGate gate,
            BooleanSupplier stopRequested) {
        this(spec, folder, () -> new SupervisedObjective(source.read()), observer, gate, stopRequested);
    }

    /** A run of any objective. */
    SftRun(
            RunSpec spec,
            Path folder,
            Objective.Source source,
            RunObserver observer,
            WriteGate gate,
            BooleanSupplier stopRequested) {
        this.spec = spec;
        this.folder = folder;
        this.source = source;
        this.observer = observer;
        this.gate = gate;
        this.stopRequested = stopRequested;
    }

    /** A run over the spec's files, by the spec's objective. */
    public static SftRun ofFiles(
            RunSpec spec, Path folder, RunObserver observer, WriteGate gate, BooleanSupplier stopRequested) {
        return new SftRun(spec, folder, new FileData(spec)::objective, observer, gate, stopRequested);
    }

    /** A run over preference pairs that are there already, by the spec's {@link RunSpec#dpo}. */
    public static SftRun ofPairs(RunSpec spec, Path folder, List<TokenizedPair> pairs, RunObserver observer) {
        PairData data = new PairData(pairs, List.of(), List.of());
        return new SftRun(
                spec,
                folder,
                () -> new PreferenceObjective(data, spec.dpo().orElseThrow()),
                observer,
                WriteGate.OPEN,
                () -> false);
    }

    /** The same run in a process that may take so many bytes; 0 for as many as it takes. */
    public SftRun within(long bytes) {
        memory = bytes;
        return this;
    }

    /** A run over the spec's files in a folder that nobody else writes to. */
    public static SftRun alone(RunSpec spec, Path folder, RunObserver observer) {
        return ofFiles(spec, folder, observer, WriteGate.OPEN, () -> false);
    }

    /**
     * Trains to the end, or until it is asked to stop.
     *
     * @throws UserError ({@link ErrorCode#INVALID_TRAINING_FILE}) where the examples cannot be trained on
     * @throws Internal ({@link ErrorCode#TRAINING_DIVERGED}) where a loss or a gradient is NaN or infinite; the last
     *     checkpoint stays
     */
    public RunOutcome run() {
        try {
            Optional<RecoveryCheckpoint.State> resumed = RecoveryCheckpoint.state(checkpoints());
            Machine machine = useThreads(resumed);
            Objective objective = readRows();
            StepPlan plan = new StepPlan(objective.trainingRows(), spec.batchSize(), spec.epochs(), spec.seed());
            if (Files.exists(result())) {
                return finished(plan, objective);
            }
            ModelDirectory base = ModelDirectory.open(spec.base());
            try (StartingPoint start = StartingPoint.of(spec, base)) {
                observer.on(new RunEvent.Started(objective.trainingRows(), plan.steps(), objective.trainingTokens()));
                if (resumed.isPresent()) {
                    RecoveryCheckpoint.restore(checkpoints(), start.trainee(), start.optimizer());
                    boolean exact = resumed.get().machine().equals(machine);
                    observer.on(new RunEvent.Resumed(resumed.get().position().stepsDone(), exact));
                } else {
                    objective.warnings().forEach(warning -> observer.on(new RunEvent.Warning(warning)));
                }
                PathChoice path = PathChoice.of(
                        spec.path(),
                        resumed.map(RecoveryCheckpoint.State::path),
                        spec.tuning().method(),
                        start.decoder());
                observer.on(new RunEvent.PathChosen(path.path(), path.reason()));
                MemoryBudget budget = MemoryBudget.of(memory, memoryOf(base, objective, path, start.decoder()));
                int maxTokens = resumed.map(RecoveryCheckpoint.State::maxTokens)
                        .orElseGet(
                                () -> budget.tokens(RunDefaults.PASS_TOKENS, objective.longestRow(), spec.recompute()));
                try (ActivationCache cache = cache(objective, start);
                        GradientStep step = path.step(
                                start.decoder(), start.trainee(), maxTokens, spec.recompute(), budget, cache)) {
                    return new Loop(plan, objective, base, start, machine, path, step, resumed).run();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the run in " + folder + " cannot go on", e);
        }
    }

    private RunMemory memoryOf(ModelDirectory base, Objective objective, PathChoice path, Decoder decoder) {
        return new RunMemory(
                decoder.spec(),
                decoder.dtype(),
                base.storedDtype(),
                Trained.of(decoder.spec(), spec.tuning(), spec.rank()),
                path.path(),
                path.lanes(decoder),
                objective.trainingTokens());
    }

    /** Threads of the run's first start, whatever this machine would choose now: sums depend on them. */
    private Machine useThreads(Optional<RecoveryCheckpoint.State> resumed) {
        int asked = spec.threads() > 0 ? spec.threads() : Torch.availableThreads();
        int threads = resumed.map(state -> state.machine().threads()).orElse(asked);
        Torch.threads(threads);
        return Machine.current(threads);
    }

    private Objective readRows() {
        Objective objective = source.read();
        if (objective.trainingRows() == 0) {
            throw new UserError(
                    ErrorCode.INVALID_TRAINING_FILE,
                    "training_file",
                    "No example has a token to learn: every row lacks an answer of the assistant, or has weight 0, or was"
                            + " cut before its answer.");
        }
        return objective;
    }

    /** Where layers are frozen below the trained ones and rows come again; else null. */
    private @Nullable ActivationCache cache(Objective objective, StartingPoint start) throws IOException {
        Decoder decoder = start.decoder();
        long bound = spec.tuning().activationCacheBytes();
        int frozen;
        try (PointerScope _ = new PointerScope()) {
            frozen = decoder.lowestTrained(start.trainee().in(decoder.dtype()));
        }
        List<TokenizedExample> rows = objective.rowsThatComeAgain();
        if (bound == 0 || spec.epochs() == 1 || frozen == 0 || rows.isEmpty()) {
            return null;
        }
        gate.check();
        long free = Files.getFileStore(folder).getUsableSpace();
        ActivationCache cache =
                new ActivationCache(folder.resolve("activations"), decoder, rows, Math.min(bound, free / 2));
        if (cache.rows() < rows.size()) {
            observer.on(new RunEvent.Warning(String.format(
                    Locale.ROOT,
                    "What the %d frozen layers compute is kept on disk for %d of %d rows: %d bytes are allowed"
                            + " (worker.activationCacheBytes) and half of the free %d. The other rows are computed in every epoch.",
                    frozen,
                    cache.rows(),
                    rows.size(),
                    bound,
                    free)));
        }
        return cache;
    }

    private Path checkpoints() {
        return folder.resolve("checkpoint");
    }

    private Path result() {
        return folder.resolve("adapter");
    }

    private RunOutcome finished(StepPlan plan, Objective objective) {
        observer.on(new RunEvent.Finished(plan.steps(), objective.trainingTokens() * spec.epochs(), "adapter"));
        return RunOutcome.FINISHED;
    }

    /** The steps, once everything is loaded. */
    private final class Loop {

        private final StepPlan plan;
        private final Objective objective;
        private final ModelDirectory base;
        private final Decoder decoder;
        private final Trainee trainee;
        private final AdamW optimizer;
        private final Machine machine;
        private final PathChoice path;
        private final GradientStep step;
        private final LearningRate schedule;
        private final Fragments fragments = new Fragments();
        private final Throughput throughput = new Throughput();
        private int done;
        private long trainedTokens;
        private int stepsAtCheckpoint;
        private long nanosAtCheckpoint = System.nanoTime();

        Loop(
                StepPlan plan,
                Objective objective,
                ModelDirectory base,
                StartingPoint start,
                Machine machine,
                PathChoice path,
                GradientStep step,
                Optional<RecoveryCheckpoint.State> resumed) {
            this.plan = plan;
            this.objective = objective;
            this.base = base;
            this.decoder = start.decoder();
            this.trainee = start.trainee();
            this.optimizer = start.optimizer();
            this.machine = machine;
            this.path = path;
            this.step = step;
            this.schedule = LearningRate.withWarmupRatio(spec.learningRate(), spec.warmupRatio(), plan.steps());
            this.done = resumed.map(state -> plan.resume(state.position())).orElse(0);
            this.trainedTokens =
                    resumed.map(RecoveryCheckpoint.State::trainedTokens).orElse(0L);
            this.stepsAtCheckpoint = done;
            optimizer.updates(done);
        }

        RunOutcome run() throws IOException {
            prepare();
            while (done < plan.steps()) {
                boolean epochEnds = plan.endsEpoch(done);
                trainOneStep();
                fragments.afterStep();
                if (epochEnds) {
                    writeSnapshot();
                }
                if (stopRequested.getAsBoolean() && done < plan.steps()) {
                    writeCheckpoint();
                    return RunOutcome.INTERRUPTED;
                }
                if (epochEnds || checkpointIsDue()) {
                    writeCheckpoint();
                }
            }
            write(result());
            RunOutcome outcome = finished(plan, objective);
            gate.check();
            Folders.delete(checkpoints());
            return outcome;
        }

        /** The first checkpoint comes before, so that whoever goes on computes with the same threads and on the same path. */
        private void prepare() throws IOException {
            if (objective.prepares() && done == 0) {
                writeCheckpoint();
            }
            objective.prepare(step, folder, gate, observer, done > 0);
        }

        private void trainOneStep() {
            int[] rows = plan.rows(done);
            Measured loss = objective.differentiate(step, rows);
            requireFinite("loss", loss.loss());
            if (done == 0) {
                objective
                        .doubt(loss.loss(), decoder.spec().vocabulary())
                        .ifPresent(doubt -> observer.on(new RunEvent.Warning(doubt)));
            }
            double norm = GradientNorm.clip(trainee.gradients(), spec.maxGradientNorm());
            requireFinite("norm of the gradients", norm);
            double rate = schedule.at(done);
            optimizer.update(trainee.values(), trainee.gradients(), rate);
            trainee.refresh();
            boolean epochEnds = plan.endsEpoch(done);
            done++;
            long tokens = objective.tokens(rows);
            trainedTokens += tokens;
            double speed = throughput.add(tokens);
            Optional<Measured> some = validateOneBatch();
            Optional<Measured> full = epochEnds ? validateAll() : Optional.empty();
            observer.on(RunEvent.StepDone.of(
                    done, plan.steps(), loss, some, full, new RunEvent.StepDone.Update(norm, rate, tokens, speed)));
        }

        /** The next batch of the validation file, by the number of the step alone. */
        private Optional<Measured> validateOneBatch() {
            int rows = objective.validationRows();
            if (rows == 0 || done % VALIDATION_STEPS != 0) {
                return Optional.empty();
            }
            int size = Math.min(rows, spec.batchSize());
            int first = (int) ((long) (done / VALIDATION_STEPS - 1) * size % rows);
            return Optional.of(objective.measure(step, first, Math.min(rows, first + size)));
        }

        private Optional<Measured> validateAll() {
            int rows = objective.validationRows();
            return rows == 0 ? Optional.empty() : Optional.of(objective.measure(step, 0, rows));
        }

        private void requireFinite(String what, double value) {
            if (!Double.isFinite(value)) {
                throw new Internal(
                        ErrorCode.TRAINING_DIVERGED,
                        null,
                        "The " + what + " of step " + (done + 1) + " of " + plan.steps() + " is " + value
                                + ": training diverged. Lower the learning rate (it was "
                                + schedule.at(Math.max(0, done - 1))
                                + ") or use fp32. The checkpoint before it is kept.");
            }
        }

        private boolean checkpointIsDue() {
            return done - stepsAtCheckpoint >= spec.checkpointSteps()
                    || System.nanoTime() - nanosAtCheckpoint >= spec.checkpointSeconds() * 1_000_000_000L;
        }

        private void writeCheckpoint() throws IOException {
            observer.beforeWrite();
            RecoveryCheckpoint.State state = new RecoveryCheckpoint.State(
                    plan.position(done), machine, step.maxTokens(), trainedTokens, path.path());
            RecoveryCheckpoint.write(checkpoints(), trainee, optimizer, state, gate);
            stepsAtCheckpoint = done;
            nanosAtCheckpoint = System.nanoTime();
        }

        private void writeSnapshot() throws IOException {
            Path snapshots = folder.resolve("snapshots");
            gate.check();
            Files.createDirectories(snapshots);
            String name = "step-" + done;
            write(snapshots.resolve(name));
            observer.on(new RunEvent.Snapshot(done, plan.epochOf(done - 1) + 1, "snapshots/" + name));
            int outdated = done - SNAPSHOTS_KEPT * plan.stepsPerEpoch();
            if (outdated > 0) {
                gate.check();
                Folders.delete(snapshots.resolve("step-" + outdated));
            }
        }

        private void write(Path target) throws IOException {
            observer.beforeWrite();
            gate.check();
            trainee.write(
                    target, new PeftDirectory.Base(spec.baseId(), base.weightsHash(), base.path(), spec.template()));
        }
    }
}
