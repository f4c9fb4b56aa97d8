package ai.luthier.server.jobs;

import ai.luthier.server.store.Ids;
import ai.luthier.server.store.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Appending to and reading the history of a job. Whoever appends holds the lock of the job's row, so the order of {@code seq} is the
 * order of the events. Stateless; the transaction is the caller's.
 */
final class EventRows {

    private EventRows() {}

    /** Appends a message, unless one with the same {@code key} is there. */
    static void message(Handle handle, String jobId, String key, EventRow.Level level, String text, Instant now) {
        append(handle, jobId, key, level, "message", text, null, now);
    }

    static void info(Handle handle, String jobId, String key, String text, Instant now) {
        message(handle, jobId, key, EventRow.Level.INFO, text, now);
    }

    /** Appends the metrics of a step, unless they are there. */
    static void metrics(Handle handle, String jobId, StepMetrics metrics, Instant now) {
        append(
                handle,
                jobId,
                "step:" + metrics.step(),
                EventRow.Level.INFO,
                "metrics",
                EventTexts.step(metrics),
                metrics.data(),
                now);
    }

    private static void append(
            Handle handle,
            String jobId,
            String key,
            EventRow.Level level,
            String type,
            String text,
            @Nullable Map<String, Object> data,
            Instant now) {
        handle.createUpdate("""
                        insert into job_event (id, job_id, dedupe_key, created_at, level, type, message, data)
                        values (:id, :job, :key, :now, :level, :type, :message, cast(:data as jsonb))
                        on conflict (job_id, dedupe_key) do nothing""")
                .bind("id", Ids.event())
                .bind("job", jobId)
                .bind("key", key)
                .bind("now", Rows.time(now))
                .bind("level", level.name().toLowerCase(Locale.ROOT))
                .bind("type", type)
                .bind("message", text)
                .bind("data", Rows.json(data))
                .execute();
    }

    /** Newest first, behind {@code after}. */
    static List<EventRow> list(Handle handle, String jobId, @Nullable String after, int limit) {
        String cursor = after == null ? "" : "and seq < (select c.seq from job_event c where c.id = :after) ";
        var query = handle.createQuery(
                        "select * from job_event where job_id = :job " + cursor + "order by seq desc limit :limit")
                .bind("job", jobId)
                .bind("limit", limit);
        if (after != null) {
            query.bind("after", after);
        }
        return query.map((row, context) -> event(row)).list();
    }

    private static EventRow event(ResultSet row) throws SQLException {
        return new EventRow(
                row.getString("id"),
                row.getString("job_id"),
                Rows.instant(row, "created_at"),
                EventRow.Level.valueOf(row.getString("level").toUpperCase(Locale.ROOT)),
                row.getString("type"),
                row.getString("message"),
                Rows.objectOrNull(row, "data"));
    }
}
