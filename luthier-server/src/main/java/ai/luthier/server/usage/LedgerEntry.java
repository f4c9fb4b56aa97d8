package ai.luthier.server.usage;

import ai.luthier.server.accounts.Caller;
import ai.luthier.server.store.Ids;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of the bill. Token counts that do not apply are 0.
 *
 * @param id {@code ledger-…}
 * @param model the model that was trained on, or that answered
 * @param jobId for training
 * @param requestId for answers: {@code chatcmpl-…} or {@code cmpl-…}
 * @param usd exact, at the rates of the moment
 */
public record LedgerEntry(
        String id,
        String organizationId,
        String projectId,
        Instant createdAt,
        Kind kind,
        String model,
        @Nullable String jobId,
        @Nullable String requestId,
        long trainingTokens,
        long inputTokens,
        long outputTokens,
        BigDecimal usd) {

    /** What was paid for. */
    public enum Kind {
        TRAINING,
        CHAT,
        COMPLETION
    }

    public LedgerEntry {
        if (trainingTokens < 0 || inputTokens < 0 || outputTokens < 0 || usd.signum() < 0) {
            throw new IllegalArgumentException("a bill has no negative numbers: " + trainingTokens + ", " + inputTokens
                    + ", " + outputTokens + ", " + usd);
        }
    }

    /**
     * A job of the organisation that owns it.
     *
     * @param tokens tokens of the rows as trained, times epochs
     */
    public static LedgerEntry training(
            String organizationId,
            String projectId,
            String jobId,
            String model,
            long tokens,
            BigDecimal usd,
            Instant now) {
        return new LedgerEntry(
                Ids.ledgerEntry(),
                organizationId,
                projectId,
                now,
                Kind.TRAINING,
                model,
                jobId,
                null,
                tokens,
                0,
                0,
                usd);
    }

    /**
     * One generated answer.
     *
     * @param kind {@link Kind#CHAT} or {@link Kind#COMPLETION}
     */
    public static LedgerEntry answer(
            Caller caller,
            Kind kind,
            String requestId,
            String model,
            long inputTokens,
            long outputTokens,
            BigDecimal usd,
            Instant now) {
        return new LedgerEntry(
                Ids.ledgerEntry(),
                caller.organizationId(),
                caller.projectId(),
                now,
                kind,
                model,
                null,
                requestId,
                0,
                inputTokens,
                outputTokens,
                usd);
    }
}
