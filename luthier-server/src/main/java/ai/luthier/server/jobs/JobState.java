package ai.luthier.server.jobs;

import ai.luthier.api.Conflict;
import ai.luthier.api.ErrorCode;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a job stands, and where it may go from there. A job that runs goes back to {@code QUEUED} when it is paused. */
public enum JobState {
    VALIDATING_FILES,
    QUEUED,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    /** The states that may follow this one. */
    public Set<JobState> next() {
        return switch (this) {
            case VALIDATING_FILES -> EnumSet.of(QUEUED, FAILED, CANCELLED);
            case QUEUED -> EnumSet.of(RUNNING, FAILED, CANCELLED);
            case RUNNING -> EnumSet.of(QUEUED, SUCCEEDED, FAILED, CANCELLED);
            case SUCCEEDED, FAILED, CANCELLED -> EnumSet.noneOf(JobState.class);
        };
    }

    /** Whether nothing changes any more. */
    public boolean terminal() {
        return next().isEmpty();
    }

    /**
     * {@code next}, if it may follow.
     *
     * @throws Conflict {@code INVALID_STATE}
     */
    JobState to(JobState next, String jobId) {
        if (!next().contains(next)) {
            throw new Conflict(
                    ErrorCode.INVALID_STATE,
                    null,
                    terminal()
                            ? "Job has already completed: %s is %s, which is final.".formatted(jobId, wire())
                            : "Job %s is %s and cannot become %s from there.".formatted(jobId, wire(), next.wire()));
        }
        return next;
    }

    /** OpenAI's word, which is also what the column holds. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    static JobState of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
