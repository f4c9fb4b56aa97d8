package ai.luthier.engine.export;

import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Whether somebody still waits for an export. It is asked between the pieces of the gate's work, none of which is longer than one
 * pass over the prompts.
 *
 * @param still false from the moment on at which nobody does
 */
record Wanted(BooleanSupplier still) {

    /** @throws CancellationException where nobody waits any more */
    void check() {
        if (!still.getAsBoolean()) {
            throw new CancellationException("nobody waits for the export any more");
        }
    }
}
