package ai.luthier.bench;

import java.lang.management.ManagementFactory;
import java.util.function.DoubleSupplier;

/** What the calling thread takes of a processor, which other work on the machine disturbs less than the clock on the wall. */
final class ProcessorTime {

    private ProcessorTime() {}

    /** Seconds that the step takes; it has to have a finite loss. */
    static double seconds(DoubleSupplier step) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        double loss = step.getAsDouble();
        if (!Double.isFinite(loss)) {
            throw new IllegalStateException("the loss is " + loss);
        }
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
    }
}
