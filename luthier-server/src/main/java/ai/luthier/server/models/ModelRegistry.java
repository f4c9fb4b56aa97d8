package ai.luthier.server.models;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.api.UserError;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.DurableFiles;
import ai.luthier.server.store.Ids;
import ai.luthier.server.store.Rows;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * The fine-tuned models of every organisation, and the folders with their weights.
 *
 * <p>Order of events: the folder is filled and synced, then the row is committed, in one transaction with the event of the job that
 * says so; on deletion the row goes first. Safe for any thread.
 */
public final class ModelRegistry {

    private final Database database;
    private final Path folders;

    /** @param folders where every model has a folder; made where it is missing */
    public ModelRegistry(Database database, Path folders) {
        this.database = database;
        this.folders = folders;
        try {
            Files.createDirectories(folders);
        } catch (IOException e) {
            throw new Internal(ErrorCode.INTERNAL, "data.directory", "Cannot make the folder " + folders + ": " + e, e);
        }
    }

    /** A name for the folder of a model that is about to be published. */
    public String newFolder() {
        return "model-" + Ids.random(24);
    }

    /** A place for a model that is written out for somebody; what a dead server left there goes with {@link #sweep}. */
    public Path newExport() {
        return folders.resolve("export-" + Ids.random(24));
    }

    /**
     * Where the weights of a folder are.
     *
     * @param folder as {@link #newFolder} made it
     */
    public Path folder(String folder) {
        if (!folder.matches("model-[A-Za-z0-9]{24}")) {
            throw new Internal(ErrorCode.INTERNAL, null, "Not a model folder: " + folder);
        }
        return folders.resolve(folder);
    }

    /** Where the weights of a model are: a PEFT directory. */
    public Path folder(PublishedModel model) {
        return folder(model.folder());
    }

    public Optional<PublishedModel> find(Caller caller, String id) {
        return database.read(
                handle -> handle.createQuery("select * from model where id = :id and organization_id = :organization")
                        .bind("id", id)
                        .bind("organization", caller.organizationId())
                        .map((row, context) -> model(row))
                        .findOne());
    }

    /** @throws UserError {@code MODEL_NOT_FOUND}, in OpenAI's words */
    public PublishedModel get(Caller caller, String id) {
        return find(caller, id).orElseThrow(() -> notFound(id));
    }

    /** All of the organisation, newest first. */
    public List<PublishedModel> list(Caller caller) {
        return database.read(handle -> handle.createQuery(
                        "select * from model where organization_id = :organization order by created_at desc, seq desc")
                .bind("organization", caller.organizationId())
                .map((row, context) -> model(row))
                .list());
    }

    /**
     * Removes a model for good. Its job stays; so do models that were tuned from it, which carry all they need.
     *
     * @throws UserError {@code MODEL_NOT_FOUND}, also the second time
     */
    public void delete(Caller caller, String id) {
        String folder = database.write(handle -> handle.createQuery(
                                "delete from model where id = :id and organization_id = :organization returning folder")
                        .bind("id", id)
                        .bind("organization", caller.organizationId())
                        .mapTo(String.class)
                        .findOne())
                .orElseThrow(() -> notFound(id));
        removeFolder(folder);
    }

    /** Makes a model exist, in a transaction of the caller's; doing it twice is harmless. */
    public static void insert(Handle handle, PublishedModel model) {
        handle.createUpdate("""
                        insert into model (id, organization_id, project_id, base, kind, job_id, folder, created_at)
                        values (:id, :organization, :project, :base, :kind, :job, :folder, :now)
                        on conflict (id) do nothing""")
                .bind("id", model.id())
                .bind("organization", model.organizationId())
                .bind("project", model.projectId())
                .bind("base", model.base())
                .bind("kind", model.kind().name().toLowerCase(Locale.ROOT))
                .bind("job", model.jobId())
                .bind("folder", model.folder())
                .bind("now", Rows.time(model.createdAt()))
                .execute();
    }

    /** Removes a model's folder, whose row is gone. */
    public void removeFolder(String folder) {
        try {
            DurableFiles.deleteTree(folder(folder));
        } catch (IOException e) {
            throw new Internal(
                    ErrorCode.INTERNAL,
                    null,
                    "The model is deleted, its folder " + folder(folder) + " is not: " + e,
                    e);
        }
    }

    /** Removes folders that no row knows; call it at the start of a server, before jobs go on. */
    public void sweep() {
        Set<String> known =
                database.read(handle -> handle.createQuery("select folder from model").mapTo(String.class).stream()
                        .collect(Collectors.toUnmodifiableSet()));
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folders, "{model-*,export-*,.export-*}")) {
            for (Path folder : all) {
                if (!known.contains(folder.getFileName().toString())) {
                    DurableFiles.deleteTree(folder);
                }
            }
        } catch (IOException e) {
            throw new Internal(ErrorCode.INTERNAL, null, "Cannot clean the folder " + folders + ": " + e, e);
        }
    }

    private static UserError notFound(String id) {
        return new UserError(
                ErrorCode.MODEL_NOT_FOUND,
                null,
                "The model `%s` does not exist or you do not have access to it.".formatted(id));
    }

    private static PublishedModel model(ResultSet row) throws SQLException {
        return new PublishedModel(
                row.getString("id"),
                row.getString("organization_id"),
                row.getString("project_id"),
                row.getString("base"),
                PublishedModel.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                row.getString("job_id"),
                row.getString("folder"),
                Rows.instant(row, "created_at"));
    }
}
