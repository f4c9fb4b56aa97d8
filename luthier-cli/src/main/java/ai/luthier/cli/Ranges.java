package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import org.jspecify.annotations.Nullable;

/** The bounds that a job's hyperparameters have over HTTP, for the commands that take them as options. */
final class Ranges {

    private Ranges() {}

    /**
     * Options that are null are "auto".
     *
     * @throws UserError USAGE for the first one that is out of its range
     */
    static void require(@Nullable Integer epochs, @Nullable Integer batchSize) {
        require("--epochs", epochs, 50);
        require("--batch-size", batchSize, 256);
    }

    private static void require(String option, @Nullable Integer value, int most) {
        if (value != null && (value < 1 || value > most)) {
            throw new UserError(
                    ErrorCode.USAGE,
                    option,
                    option + " takes a whole number from 1 to " + most + ", not " + value
                            + "; without it the number is chosen.");
        }
    }
}
