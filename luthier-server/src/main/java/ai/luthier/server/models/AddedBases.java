package ai.luthier.server.models;

import ai.luthier.api.Conflict;
import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.catalogue.Catalogue;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.Rows;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** The bases that the owner added; they belong to the installation, not to an organisation. Safe for any thread. */
public final class AddedBases {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,127}");

    private final Database database;

    public AddedBases(Database database) {
        this.database = database;
    }

    /**
     * Refuses names that would make the catalogue ambiguous.
     *
     * @throws UserError {@code INVALID_VALUE} where the id belongs to the shipped catalogue, or cannot stand in a model's name
     */
    public static void check(AddedBase base) {
        if (Catalogue.standard().find(base.id()).isPresent()) {
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    "id",
                    "'" + base.id() + "' is a name of the shipped catalogue. Give these weights an id of their own, and"
                            + " '" + base.id() + "' as an alias: --id my-model --alias " + base.id() + ".");
        }
        for (String name :
                Stream.concat(Stream.of(base.id()), base.aliases().stream()).toList()) {
            if (!NAME.matcher(name).matches()) {
                throw new UserError(
                        ErrorCode.INVALID_VALUE,
                        name.equals(base.id()) ? "id" : "aliases",
                        "'" + name
                                + "' cannot be the name of a base: letters, digits, '.', '_', '-' and '/', at most 128,"
                                + " the first a letter or digit.");
            }
        }
    }

    /**
     * Adds a base, or replaces the one with the same id; its aliases move here from other added bases.
     *
     * @throws UserError as {@link #check}
     * @throws Conflict {@code INVALID_STATE} where the id is an alias of another added base
     */
    public void add(AddedBase base) {
        check(base);
        database.writeRepeatable(handle -> {
            boolean taken = handle.createQuery(
                            "select exists (select from catalogue_alias where alias = :id and entry_id <> :id)")
                    .bind("id", base.id())
                    .mapTo(Boolean.class)
                    .one();
            if (taken) {
                throw new Conflict(
                        ErrorCode.INVALID_STATE,
                        "id",
                        "'" + base.id() + "' is an alias of another base; choose another id.");
            }
            insert(handle, base);
            return base;
        });
    }

    private static void insert(Handle handle, AddedBase base) {
        handle.createUpdate("""
                        insert into catalogue_entry (id, source, template, created_at)
                        values (:id, :source, :template, :now)
                        on conflict (id) do update set source = excluded.source, template = excluded.template""")
                .bind("id", base.id())
                .bind("source", base.source())
                .bind("template", base.template())
                .bind("now", Rows.time(base.createdAt()))
                .execute();
        handle.execute("delete from catalogue_alias where entry_id = ?", base.id());
        for (String alias : base.aliases()) {
            handle.createUpdate("""
                            insert into catalogue_alias (alias, entry_id) values (:alias, :id)
                            on conflict (alias) do update set entry_id = excluded.entry_id""").bind("alias", alias).bind("id", base.id()).execute();
        }
    }

    /** All of them, oldest first. */
    public List<AddedBase> list() {
        return database.read(handle -> handle.createQuery("""
                        select e.*, array(select alias from catalogue_alias a where a.entry_id = e.id order by alias) as aliases
                        from catalogue_entry e order by e.created_at, e.seq""")
                .map((row, context) -> new AddedBase(
                        row.getString("id"),
                        row.getString("source"),
                        row.getString("template"),
                        Rows.strings(row, "aliases"),
                        Rows.instant(row, "created_at")))
                .list());
    }

    /**
     * Takes a base out of the catalogue; its directory stays where it is.
     *
     * @throws UserError {@code MODEL_NOT_FOUND}
     */
    public void remove(String id) {
        int removed = database.write(handle -> handle.execute("delete from catalogue_entry where id = ?", id));
        if (removed == 0) {
            throw new UserError(
                    ErrorCode.MODEL_NOT_FOUND,
                    "id",
                    "No base named '" + id + "' was added. `luthier models list` shows them.");
        }
    }
}
