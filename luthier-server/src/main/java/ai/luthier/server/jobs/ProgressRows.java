package ai.luthier.server.jobs;

import ai.luthier.server.store.Ids;
import ai.luthier.server.store.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements on {@code job_metric} and {@code job_checkpoint}. Stateless; the transaction is the caller's. */
final class ProgressRows {

    private ProgressRows() {}

    /** Keeps what a step measured; the first report of a step stays. */
    static void insert(Handle handle, String jobId, StepMetrics metrics) {
        handle.createUpdate("""
                        insert into job_metric (job_id, step, total_steps, train_loss, train_accuracy, valid_loss, valid_accuracy,
                            full_valid_loss, full_valid_accuracy, more)
                        values (:job, :step, :total, :loss, :accuracy, :validLoss, :validAccuracy, :fullLoss, :fullAccuracy,
                            cast(:more as json))
                        on conflict (job_id, step) do nothing""")
                .bind("job", jobId)
                .bind("step", metrics.step())
                .bind("total", metrics.totalSteps())
                .bind("loss", metrics.trainLoss())
                .bind("accuracy", metrics.trainAccuracy())
                .bind("validLoss", metrics.validLoss())
                .bind("validAccuracy", metrics.validAccuracy())
                .bind("fullLoss", metrics.fullValidLoss())
                .bind("fullAccuracy", metrics.fullValidAccuracy())
                .bind("more", metrics.more().isEmpty() ? null : Rows.json(metrics.more()))
                .execute();
    }

    static List<StepMetrics> metrics(Handle handle, String jobId) {
        return handle.createQuery("select * from job_metric where job_id = :job order by step")
                .bind("job", jobId)
                .map((row, context) -> metrics(row))
                .list();
    }

    /** Makes a checkpoint. Returns false where the step had one. */
    static boolean checkpoint(Handle handle, String jobId, int step, String model, Instant now) {
        return handle.createUpdate("""
                        insert into job_checkpoint (id, job_id, step, model, created_at) values (:id, :job, :step, :model, :now)
                        on conflict (job_id, step) do nothing""")
                        .bind("id", Ids.checkpoint())
                        .bind("job", jobId)
                        .bind("step", step)
                        .bind("model", model)
                        .bind("now", Rows.time(now))
                        .execute()
                == 1;
    }

    /** Removes all checkpoints but the last {@code keep}, with their models; returns the folders of those. */
    static List<String> dropOldCheckpoints(Handle handle, String jobId, int keep) {
        List<String> models = handle.createQuery("""
                        delete from job_checkpoint where job_id = :job and step not in
                            (select step from job_checkpoint where job_id = :job order by step desc limit :keep)
                        returning model""")
                .bind("job", jobId)
                .bind("keep", keep)
                .mapTo(String.class)
                .list();
        return models.isEmpty()
                ? List.of()
                : handle.createQuery("delete from model where id in (<models>) returning folder")
                        .bindList("models", models)
                        .mapTo(String.class)
                        .list();
    }

    /** Newest first, behind {@code after}. */
    static List<CheckpointRow> checkpoints(Handle handle, String jobId, @Nullable String after, int limit) {
        String cursor = after == null ? "" : "and c.seq < (select a.seq from job_checkpoint a where a.id = :after) ";
        var query = handle.createQuery(
                        "select c.id, c.model, c.created_at, c.job_id, c.step as at_step, m.* from job_checkpoint c"
                                + " left join job_metric m on m.job_id = c.job_id and m.step = c.step where c.job_id = :job "
                                + cursor + "order by c.seq desc limit :limit")
                .bind("job", jobId)
                .bind("limit", limit);
        if (after != null) {
            query.bind("after", after);
        }
        return query.map((row, context) -> new CheckpointRow(
                        row.getString("id"),
                        jobId,
                        Rows.instant(row, "created_at"),
                        row.getString("model"),
                        row.getInt("at_step"),
                        Rows.intOrNull(row, "total_steps") == null ? null : metrics(row)))
                .list();
    }

    private static StepMetrics metrics(ResultSet row) throws SQLException {
        return new StepMetrics(
                row.getInt("step"),
                row.getInt("total_steps"),
                row.getDouble("train_loss"),
                row.getDouble("train_accuracy"),
                Rows.doubleOrNull(row, "valid_loss"),
                Rows.doubleOrNull(row, "valid_accuracy"),
                Rows.doubleOrNull(row, "full_valid_loss"),
                Rows.doubleOrNull(row, "full_valid_accuracy"),
                null,
                more(row));
    }

    private static Map<String, Double> more(ResultSet row) throws SQLException {
        Map<String, Double> more = new LinkedHashMap<>();
        @Nullable Map<String, Object> stored = Rows.objectOrNull(row, "more");
        if (stored != null) {
            stored.forEach((name, value) -> more.put(name, ((Number) value).doubleValue()));
        }
        return more;
    }
}
