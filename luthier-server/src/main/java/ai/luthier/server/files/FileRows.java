package ai.luthier.server.files;

import ai.luthier.server.accounts.Caller;
import ai.luthier.server.store.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements on {@code file} and {@code blob}. Stateless; the transaction is the caller's. */
public final class FileRows {

    private static final String FILE = "select f.*, b.bytes from file f join blob b on b.key = f.blob_key ";
    private static final String MINE =
            "f.organization_id = :organization and (f.expires_at is null or f.expires_at > :now) ";

    private FileRows() {}

    /** Makes a staged file exist; doing it twice is harmless. Returns the number of rows made, 0 or 1. */
    public static int insert(Handle handle, StagedFile staged) {
        var file = staged.file();
        handle.createUpdate("""
                        insert into blob (key, bytes, sha256, created_at) values (:key, :bytes, :sha256, :now)
                        on conflict (key) do nothing""")
                .bind("key", staged.blob().key())
                .bind("bytes", staged.blob().bytes())
                .bind("sha256", staged.blob().sha256())
                .bind("now", Rows.time(file.createdAt()))
                .execute();
        return handle.createUpdate("""
                        insert into file (id, organization_id, project_id, blob_key, filename, purpose, created_at, expires_at)
                        values (:id, :organization, :project, :key, :filename, :purpose, :now, :expires)
                        on conflict (id) do nothing""")
                .bind("id", file.id())
                .bind("organization", file.organizationId())
                .bind("project", file.projectId())
                .bind("key", staged.blob().key())
                .bind("filename", file.filename())
                .bind("purpose", file.purpose())
                .bind("now", Rows.time(file.createdAt()))
                .bind("expires", Rows.time(file.expiresAt()))
                .execute();
    }

    static Optional<StoredFile> find(Handle handle, Caller caller, String id, Instant now) {
        return handle.createQuery(FILE + "where f.id = :id and " + MINE)
                .bind("id", id)
                .bind("organization", caller.organizationId())
                .bind("now", Rows.time(now))
                .map((row, context) -> file(row))
                .findOne();
    }

    static List<StoredFile> list(
            Handle handle,
            Caller caller,
            @Nullable String purpose,
            @Nullable String after,
            int limit,
            boolean newestFirst,
            Instant now) {
        String direction = newestFirst ? "desc" : "asc";
        String beyond = newestFirst ? "<" : ">";
        String cursor = after == null
                ? ""
                : "and (f.created_at, f.seq) " + beyond
                        + " (select c.created_at, c.seq from file c where c.id = :after) ";
        String wanted = purpose == null ? "" : "and f.purpose = :purpose ";
        var query = handle.createQuery(FILE + "where " + MINE + wanted + cursor + "order by f.created_at " + direction
                        + ", f.seq " + direction + " limit :limit")
                .bind("organization", caller.organizationId())
                .bind("now", Rows.time(now))
                .bind("limit", limit);
        if (after != null) {
            query.bind("after", after);
        }
        if (purpose != null) {
            query.bind("purpose", purpose);
        }
        return query.map((row, context) -> file(row)).list();
    }

    /** Removes the rows of a file; returns the key of its bytes. */
    static Optional<String> delete(Handle handle, Caller caller, String id, Instant now) {
        Optional<String> key = handle.createQuery(
                        "delete from file f where f.id = :id and " + MINE + "returning f.blob_key")
                .bind("id", id)
                .bind("organization", caller.organizationId())
                .bind("now", Rows.time(now))
                .mapTo(String.class)
                .findOne();
        key.ifPresent(found -> handle.execute("delete from blob where key = ?", found));
        return key;
    }

    static List<String> deleteExpired(Handle handle, Instant now) {
        List<String> keys = handle.createQuery("delete from file where expires_at <= :now returning blob_key")
                .bind("now", Rows.time(now))
                .mapTo(String.class)
                .list();
        keys.forEach(key -> handle.execute("delete from blob where key = ?", key));
        return keys;
    }

    static Set<String> blobKeys(Handle handle) {
        return handle.createQuery("select key from blob").mapTo(String.class).stream()
                .collect(Collectors.toUnmodifiableSet());
    }

    private static StoredFile file(ResultSet row) throws SQLException {
        return new StoredFile(
                row.getString("id"),
                row.getString("organization_id"),
                row.getString("project_id"),
                row.getString("filename"),
                row.getString("purpose"),
                row.getString("blob_key"),
                row.getLong("bytes"),
                Rows.instant(row, "created_at"),
                Rows.instantOrNull(row, "expires_at"));
    }
}
