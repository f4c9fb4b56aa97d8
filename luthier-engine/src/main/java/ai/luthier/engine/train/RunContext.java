package ai.luthier.engine.train;

import ai.luthier.text.plan.StepPlan;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * What a run has from its caller.
 *
 * @param spec what to compute
 * @param folder the run's own, existing
 * @param observer told of everything that happens
 * @param gate asked before every write into the folder
 * @param stopRequested asked after every step
 */
record RunContext(RunSpec spec, Path folder, RunObserver observer, WriteGate gate, BooleanSupplier stopRequested) {

    /** Where the newest recovery checkpoint lies, until the run is finished. */
    Path checkpoints() {
        return folder.resolve("checkpoint");
    }

    /** Where the finished run's result lies. */
    Path result() {
        return folder.resolve("adapter");
    }

    /** Says that the run is finished. */
    RunOutcome finished(StepPlan plan, Objective objective) {
        observer.on(new RunEvent.Finished(plan.steps(), objective.trainingTokens() * spec.epochs(), "adapter"));
        return RunOutcome.FINISHED;
    }
}
