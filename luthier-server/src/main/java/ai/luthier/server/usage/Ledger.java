package ai.luthier.server.usage;

import ai.luthier.server.accounts.Caller;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.Rows;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Writes and adds up the bill of each organisation. Safe for any thread. */
public final class Ledger {

    private final Database database;

    public Ledger(Database database) {
        this.database = database;
    }

    /** Writes one line; a second one for the same job or request is ignored. */
    public void record(LedgerEntry entry) {
        database.writeRepeatable(handle -> insert(handle, entry));
    }

    /** {@link #record} within a transaction of the caller's. Returns the number of lines written, 0 or 1. */
    public static int insert(Handle handle, LedgerEntry entry) {
        return handle.createUpdate("""
                        insert into ledger_entry (id, organization_id, project_id, created_at, kind, model, job_id, request_id,
                            training_tokens, input_tokens, output_tokens, usd)
                        values (:id, :organization, :project, :now, :kind, :model, :job, :request,
                            :training, :input, :output, :usd)
                        on conflict do nothing""")
                .bind("id", entry.id())
                .bind("organization", entry.organizationId())
                .bind("project", entry.projectId())
                .bind("now", Rows.time(entry.createdAt()))
                .bind("kind", entry.kind().name().toLowerCase(Locale.ROOT))
                .bind("model", entry.model())
                .bind("job", entry.jobId())
                .bind("request", entry.requestId())
                .bind("training", entry.trainingTokens())
                .bind("input", entry.inputTokens())
                .bind("output", entry.outputTokens())
                .bind("usd", entry.usd())
                .execute();
    }

    /** The organisation's lines in {@code [from, to)}, oldest first. */
    public List<LedgerEntry> entries(Caller caller, Instant from, Instant to) {
        return database.read(handle -> handle.createQuery("""
                        select * from ledger_entry
                        where organization_id = :organization and created_at >= :from and created_at < :to
                        order by created_at, seq""")
                .bind("organization", caller.organizationId())
                .bind("from", Rows.time(from))
                .bind("to", Rows.time(to))
                .map((row, context) -> entry(row))
                .list());
    }

    /** What a job cost; empty until it succeeded. */
    public Optional<LedgerEntry> ofJob(Caller caller, String jobId) {
        return database.read(handle -> handle.createQuery("""
                        select * from ledger_entry
                        where organization_id = :organization and job_id = :job and kind = 'training'""")
                .bind("organization", caller.organizationId())
                .bind("job", jobId)
                .map((row, context) -> entry(row))
                .findOne());
    }

    /** The exact sum in {@code [from, to)}, in US dollars. */
    public BigDecimal total(Caller caller, Instant from, Instant to) {
        return database.read(handle -> handle.createQuery("""
                        select coalesce(sum(usd), 0) from ledger_entry
                        where organization_id = :organization and created_at >= :from and created_at < :to""")
                .bind("organization", caller.organizationId())
                .bind("from", Rows.time(from))
                .bind("to", Rows.time(to))
                .mapTo(BigDecimal.class)
                .one());
    }

    private static LedgerEntry entry(ResultSet row) throws SQLException {
        return new LedgerEntry(
                row.getString("id"),
                row.getString("organization_id"),
                row.getString("project_id"),
                Rows.instant(row, "created_at"),
                LedgerEntry.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                row.getString("model"),
                row.getString("job_id"),
                row.getString("request_id"),
                row.getLong("training_tokens"),
                row.getLong("input_tokens"),
                row.getLong("output_tokens"),
                row.getBigDecimal("usd"));
    }
}
