package ai.luthier.engine.train;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.adapter.Trainee;
import ai.luthier.engine.checkpoint.Folders;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.Decoder;
import ai.luthier.text.plan.StepPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The steps of a run, once everything is loaded. A step is: the plan's rows, loss and gradients over them, one clipped update of what
 * is trained.
 */
final class TrainingSteps {

    /** Between two looks at a batch of the validation file. */
    private static final int VALIDATION_STEPS = 10;

    private static final int SNAPSHOTS_KEPT = 3;

    /** Adam divides the rate by corrections that begin at a tenth; the quotient has to fit into fp32. */
    private static final double LARGEST_RATE = 1e36;

    private final RunContext context;
    private final RunSpec spec;
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
    private final Fragments fragments;
    private final Throughput throughput = new Throughput();
    private int done;
    private long trainedTokens;
    private int stepsAtCheckpoint;
    private long nanosAtCheckpoint = System.nanoTime();

    TrainingSteps(
            RunContext context,
            StepPlan plan,
            Objective objective,
            ModelDirectory base,
            StartingPoint start,
            Machine machine,
            PathChoice path,
            GradientStep step,
            Fragments fragments,
            Optional<RecoveryCheckpoint.State> resumed) {
        this.context = context;
        this.spec = context.spec();
        this.plan = plan;
        this.objective = objective;
        this.base = base;
        this.decoder = start.decoder();
        this.trainee = start.trainee();
        this.optimizer = start.optimizer();
        this.machine = machine;
        this.path = path;
        this.step = step;
        this.fragments = fragments;
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
            if (context.stopRequested().getAsBoolean() && done < plan.steps()) {
                writeCheckpoint();
                return RunOutcome.INTERRUPTED;
            }
            if (epochEnds || checkpointIsDue()) {
                writeCheckpoint();
            }
        }
        write(context.result());
        RunOutcome outcome = context.finished(plan, objective);
        context.gate().check();
        Folders.delete(context.checkpoints());
        return outcome;
    }

    /** The first checkpoint comes before, so that whoever goes on computes with the same threads and on the same path. */
    private void prepare() throws IOException {
        if (objective.prepares() && done == 0) {
            writeCheckpoint();
        }
        objective.prepare(step, context.folder(), context.gate(), context.observer(), done > 0);
    }

    private void trainOneStep() {
        int[] rows = plan.rows(done);
        Measured loss = objective.differentiate(step, rows);
        requireFinite("loss", loss.loss());
        if (done == 0) {
            objective
                    .doubt(loss.loss(), decoder.spec().vocabulary())
                    .ifPresent(doubt -> context.observer().on(new RunEvent.Warning(doubt)));
        }
        double norm = GradientNorm.clip(trainee.gradients(), spec.maxGradientNorm());
        requireFinite("norm of the gradients", norm);
        double rate = schedule.at(done);
        requireUsable(rate);
        optimizer.update(trainee.values(), trainee.gradients(), rate);
        trainee.refresh();
        boolean epochEnds = plan.endsEpoch(done);
        done++;
        long tokens = objective.tokens(rows);
        trainedTokens += tokens;
        double speed = throughput.add(tokens);
        Optional<Measured> some = validateOneBatch();
        Optional<Measured> full = epochEnds ? validateAll() : Optional.empty();
        context.observer()
                .on(RunEvent.StepDone.of(
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

    private void requireUsable(double rate) {
        if (rate > LARGEST_RATE) {
            throw new Internal(
                    ErrorCode.TRAINING_DIVERGED,
                    null,
                    "The learning rate of step " + (done + 1) + " of " + plan.steps() + " is " + rate
                            + ", more than training can compute with. Lower the learning rate multiplier.");
        }
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
        context.observer().beforeWrite();
        RecoveryCheckpoint.State state = new RecoveryCheckpoint.State(
                plan.position(done), machine, step.maxTokens(), trainedTokens, path.path());
        RecoveryCheckpoint.write(context.checkpoints(), trainee, optimizer, state, context.gate());
        stepsAtCheckpoint = done;
        nanosAtCheckpoint = System.nanoTime();
    }

    private void writeSnapshot() throws IOException {
        Path snapshots = context.folder().resolve("snapshots");
        context.gate().check();
        Files.createDirectories(snapshots);
        String name = "step-" + done;
        write(snapshots.resolve(name));
        context.observer().on(new RunEvent.Snapshot(done, plan.epochOf(done - 1) + 1, "snapshots/" + name));
        int outdated = done - SNAPSHOTS_KEPT * plan.stepsPerEpoch();
        if (outdated > 0) {
            context.gate().check();
            Folders.delete(snapshots.resolve("step-" + outdated));
        }
    }

    private void write(Path target) throws IOException {
        context.observer().beforeWrite();
        context.gate().check();
        trainee.write(target, new PeftDirectory.Base(spec.baseId(), base.weightsHash(), base.path(), spec.template()));
    }
}
