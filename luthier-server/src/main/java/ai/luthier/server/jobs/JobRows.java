package ai.luthier.server.jobs;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.store.Rows;
import ai.luthier.text.data.JobMethod;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reading and locking rows of {@code job}. Stateless; the transaction is the caller's. */
final class JobRows {

    private JobRows() {}

    static Optional<JobRow> find(Handle handle, Caller caller, String id) {
        return handle.createQuery("select * from job where id = :id and organization_id = :organization")
                .bind("id", id)
                .bind("organization", caller.organizationId())
                .map((row, context) -> job(row))
                .findOne();
    }

    /** The job, locked until the transaction ends. */
    static JobRow lock(Handle handle, Caller caller, String id) {
        return handle.createQuery("select * from job where id = :id and organization_id = :organization for update")
                .bind("id", id)
                .bind("organization", caller.organizationId())
                .map((row, context) -> job(row))
                .findOne()
                .orElseThrow(() -> notFound(id));
    }

    static JobRow get(Handle handle, String id) {
        return handle.createQuery("select * from job where id = :id")
                .bind("id", id)
                .map((row, context) -> job(row))
                .one();
    }

    /** Jobs of the organisation, newest first, behind {@code after}. */
    static List<JobRow> list(
            Handle handle, Caller caller, @Nullable String after, int limit, @Nullable String metadataJson) {
        String cursor = after == null
                ? ""
                : "and (created_at, seq) < (select c.created_at, c.seq from job c where c.id = :after) ";
        String filter = metadataJson == null ? "" : "and metadata @> cast(:metadata as jsonb) ";
        var query = handle.createQuery("select * from job where organization_id = :organization " + cursor + filter
                        + "order by created_at desc, seq desc limit :limit")
                .bind("organization", caller.organizationId())
                .bind("limit", limit);
        if (after != null) {
            query.bind("after", after);
        }
        if (metadataJson != null) {
            query.bind("metadata", metadataJson);
        }
        return query.map((row, context) -> job(row)).list();
    }

    /** Sets the state, after asking {@link JobState} whether that is legal. */
    static void move(Handle handle, JobRow job, JobState next) {
        handle.createUpdate("update job set state = :state where id = :id")
                .bind("state", job.state().to(next, job.id()).wire())
                .bind("id", job.id())
                .execute();
    }

    /** Takes the right to write from whoever has it. */
    static void endLease(Handle handle, String id) {
        handle.createUpdate("""
                        update job set lease_owner = null, lease_expires_at = null, lease_fence = lease_fence + 1,
                            estimated_finish = null
                        where id = :id""").bind("id", id).execute();
    }

    static UserError notFound(String id) {
        return new UserError(ErrorCode.JOB_NOT_FOUND, "fine_tune_id", "Could not find fine tune: " + id);
    }

    static JobRow job(ResultSet row) throws SQLException {
        return new JobRow(
                row.getString("id"),
                row.getString("organization_id"),
                row.getString("project_id"),
                Rows.instant(row, "created_at"),
                JobState.of(row.getString("state")),
                row.getBoolean("paused"),
                row.getString("model"),
                row.getString("training_file"),
                row.getString("validation_file"),
                row.getString("suffix"),
                row.getInt("seed"),
                Rows.objectOrNull(row, "metadata"),
                Rows.objectOrNull(row, "extension"),
                choices(row, "asked_"),
                chosen(row),
                Rows.intOrNull(row, "examples"),
                Rows.longOrNull(row, "tokens_per_epoch"),
                row.getInt("step"),
                Rows.intOrNull(row, "total_steps"),
                Rows.instantOrNull(row, "queued_at"),
                Rows.instantOrNull(row, "started_at"),
                Rows.instantOrNull(row, "estimated_finish"),
                Rows.instantOrNull(row, "finished_at"),
                Rows.longOrNull(row, "trained_tokens"),
                row.getString("fine_tuned_model"),
                Rows.strings(row, "result_files"),
                row.getString("report_file"),
                error(row));
    }

    private static TrainingChoices choices(ResultSet row, String prefix) throws SQLException {
        return new TrainingChoices(
                JobMethod.valueOf(row.getString("method").toUpperCase(Locale.ROOT)),
                Rows.intOrNull(row, prefix + "epochs"),
                Rows.intOrNull(row, prefix + "batch_size"),
                Rows.doubleOrNull(row, prefix + "multiplier"),
                Rows.doubleOrNull(row, prefix + "beta"));
    }

    private static @Nullable TrainingChoices chosen(ResultSet row) throws SQLException {
        TrainingChoices chosen = choices(row, "chosen_");
        return chosen.complete() ? chosen : null;
    }

    private static @Nullable JobFailure error(ResultSet row) throws SQLException {
        @Nullable String code = row.getString("error_code");
        return code == null ? null : new JobFailure(code, row.getString("error_message"), row.getString("error_param"));
    }
}
