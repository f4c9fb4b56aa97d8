package ai.luthier.engine.train;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.memory.MemoryBudget;
import ai.luthier.engine.train.memory.MemoryEstimate;
import ai.luthier.engine.train.memory.RunMemory;
import ai.luthier.engine.train.memory.Trained;
import ai.luthier.engine.train.memory.TrainingMemory;
import ai.luthier.engine.train.memory.TrainingShape;
import ai.luthier.engine.train.memory.TrainingWay;
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
 * <p>Read {@link #run} top to bottom, then {@link TrainingSteps}. What is written where:
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
public final class TrainingRun {

    private final RunContext context;
    private final RunSpec spec;
    private final Objective.Source source;
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
    public TrainingRun(
            RunSpec spec,
            Path folder,
            RunData.Source source,
            RunObserver observer,
            WriteGate gate,
            BooleanSupplier stopRequested) {
        this(spec, folder, () -> new SupervisedObjective(source.read()), observer, gate, stopRequested);
    }

    /** A run of any objective. */
    TrainingRun(
            RunSpec spec,
            Path folder,
            Objective.Source source,
            RunObserver observer,
            WriteGate gate,
            BooleanSupplier stopRequested) {
        this.context = new RunContext(spec, folder, observer, gate, stopRequested);
        this.spec = spec;
        this.source = source;
    }

    /** A run over the spec's files, by the spec's objective. */
    public static TrainingRun ofFiles(
            RunSpec spec, Path folder, RunObserver observer, WriteGate gate, BooleanSupplier stopRequested) {
        return new TrainingRun(spec, folder, new FileData(spec)::objective, observer, gate, stopRequested);
    }

    /** A run over preference pairs that are there already, by the spec's {@link RunSpec#dpo}. */
    public static TrainingRun ofPairs(RunSpec spec, Path folder, List<TokenizedPair> pairs, RunObserver observer) {
        PairData data = new PairData(pairs, List.of(), List.of());
        return new TrainingRun(
                spec,
                folder,
                () -> new PreferenceObjective(data, spec.dpo().orElseThrow()),
                observer,
                WriteGate.OPEN,
                () -> false);
    }

    /** The same run in a process that may take so many bytes; 0 for as many as it takes. */
    public TrainingRun within(long bytes) {
        memory = bytes;
        return this;
    }

    /** A run over the spec's files in a folder that nobody else writes to. */
    public static TrainingRun alone(RunSpec spec, Path folder, RunObserver observer) {
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
            Optional<RecoveryCheckpoint.State> resumed = RecoveryCheckpoint.state(context.checkpoints());
            Machine machine = useThreads(resumed);
            Objective objective = readRows();
            StepPlan plan = new StepPlan(objective.trainingRows(), spec.batchSize(), spec.epochs(), spec.seed());
            if (Files.exists(context.result())) {
                return context.finished(plan, objective);
            }
            ModelDirectory base = ModelDirectory.open(spec.base());
            try (StartingPoint start = StartingPoint.of(spec, base)) {
                context.observer()
                        .on(new RunEvent.Started(objective.trainingRows(), plan.steps(), objective.trainingTokens()));
                if (resumed.isPresent()) {
                    RecoveryCheckpoint.restore(context.checkpoints(), start.trainee(), start.optimizer());
                    boolean exact = resumed.get().machine().equals(machine);
                    context.observer()
                            .on(new RunEvent.Resumed(resumed.get().position().stepsDone(), exact));
                } else {
                    objective.warnings().forEach(warning -> context.observer().on(new RunEvent.Warning(warning)));
                }
                PathChoice path = PathChoice.of(
                        spec.path(),
                        resumed.map(RecoveryCheckpoint.State::path),
                        spec.tuning().method(),
                        start.decoder());
                context.observer().on(new RunEvent.PathChosen(path.path(), path.reason()));
                RunMemory standing = memoryOf(base, objective, path, start.decoder());
                MemoryBudget budget = MemoryBudget.of(memory, standing);
                MemoryEstimate reckoned = TrainingMemory.of(standing, shape(objective, path, machine));
                Fragments fragments = new Fragments(reckoned.total(), memory > 0);
                int maxTokens = resumed.map(RecoveryCheckpoint.State::maxTokens)
                        .orElseGet(
                                () -> budget.tokens(RunDefaults.PASS_TOKENS, objective.longestRow(), spec.recompute()));
                try (ActivationCache cache = cache(objective, start);
                        GradientStep step = path.step(
                                start.decoder(), start.trainee(), maxTokens, spec.recompute(), budget, cache)) {
                    return new TrainingSteps(
                                    context, plan, objective, base, start, machine, path, step, fragments, resumed)
                            .run();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the run in " + context.folder() + " cannot go on", e);
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

    /** What those who ask before a run give to its estimate. */
    private TrainingShape shape(Objective objective, PathChoice path, Machine machine) {
        TrainingWay way = new TrainingWay(
                spec.tuning(),
                spec.rank(),
                TrainingWay.dtype(spec.precision()),
                path.path(),
                spec.recompute(),
                machine.threads(),
                memory);
        TrainingShape shape = TrainingShape.supervised(
                        way, spec.batchSize(), objective.longestRow(), objective.trainingTokens())
                .ofExamples(objective.trainingRows());
        return spec.dpo().isPresent() ? shape.onPairs() : shape;
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
        context.gate().check();
        long free = Files.getFileStore(context.folder()).getUsableSpace();
        ActivationCache cache =
                new ActivationCache(context.folder().resolve("activations"), decoder, rows, Math.min(bound, free / 2));
        if (cache.rows() < rows.size()) {
            context.observer()
                    .on(new RunEvent.Warning(String.format(
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
}
