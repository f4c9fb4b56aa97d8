package ai.luthier.server.accounts;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.Ids;
import ai.luthier.server.store.Rows;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Makes, takes, lists and revokes API keys, and tells from a key who is calling.
 *
 * <p>A new database gets one organisation with one project; that is all a single owner needs. Safe for any thread.
 */
public final class KeyService {

    private static final String ADMIN_KEY_ID = "key_LUTHIER_ADMIN_KEY";
    private static final int SHORTEST = 8;
    private static final int LONGEST = 512;

    private final Database database;
    private final Clock clock;
    private final String slug;
    private final KeyDigest digest;

    /** @param slug name of the first organisation, its part of {@code ft:} names; used only where the database has none yet */
    public KeyService(Database database, Clock clock, String slug) {
        this.database = database;
        this.clock = clock;
        this.slug = slug;
        this.digest = new KeyDigest(salt());
        makeFirstOrganization();
    }

    /**
     * What a start of the server does about keys: takes {@code adminKey} (from {@code LUTHIER_ADMIN_KEY}), whose earlier value stops
     * working; without it, and without any key in the database, makes one.
     *
     * @return the key that was made, to be printed once; empty at every later start
     */
    public Optional<ApiKey.Fresh> firstKey(Optional<String> adminKey) {
        if (adminKey.isPresent()) {
            setAdminKey(adminKey.get());
            return Optional.empty();
        }
        boolean none = database.read(handle -> handle.createQuery("select not exists (select from api_key)")
                .mapTo(Boolean.class)
                .one());
        return none ? Optional.of(create("first key", Caller.Role.ADMIN)) : Optional.empty();
    }

    /**
     * The one whose key this is.
     *
     * @throws UserError {@code INVALID_API_KEY}
     */
    public Caller authenticate(String secret) {
        byte[] presented = digest.of(secret);
        return database.read(handle -> handle.createQuery("""
                        select k.id, k.organization_id, k.project_id, k.role, k.digest, o.slug
                        from api_key k join organization o on o.id = k.organization_id
                        where k.digest = :digest""")
                        .bind("digest", presented)
                        .map((row, context) -> MessageDigest.isEqual(presented, row.getBytes("digest"))
                                ? Optional.of(caller(row))
                                : Optional.<Caller>empty())
                        .findOne())
                .flatMap(found -> found)
                .orElseThrow(() -> new UserError(
                        ErrorCode.INVALID_API_KEY,
                        null,
                        "Incorrect API key provided: %s. Keys of this server are made with `luthier keys add`, and taken over from an application with `luthier keys add --value`."
                                .formatted(hint(secret))));
    }

    /** The owner of this installation, for commands that open the data directory themselves. */
    public Caller owner() {
        return database.read(handle -> handle.createQuery("""
                        select o.id as organization_id, o.slug, p.id as project_id
                        from organization o join project p on p.organization_id = o.id
                        order by o.created_at, p.created_at limit 1""")
                .map((row, context) -> new Caller(
                        row.getString("organization_id"),
                        row.getString("slug"),
                        row.getString("project_id"),
                        "local",
                        Caller.Role.ADMIN))
                .one());
    }

    /** A new random key for the first organisation. */
    public ApiKey.Fresh create(String name, Caller.Role role) {
        String secret = Ids.secretKey();
        return new ApiKey.Fresh(insert(owner(), Ids.key(), name, role, secret), secret);
    }

    /**
     * Takes a key that an application uses already.
     *
     * @param secret 8 to 512 visible ASCII characters
     * @throws UserError {@code INVALID_VALUE} for other values, and for a key that is there already
     */
    public ApiKey add(String name, Caller.Role role, String secret) {
        check(secret);
        boolean known = database.read(handle -> exists(handle, digest.of(secret)));
        if (known) {
            throw new UserError(ErrorCode.INVALID_VALUE, "value", "The key " + hint(secret) + " is there already.");
        }
        return insert(owner(), Ids.key(), name, role, secret);
    }

    /** All keys of the caller's organisation, oldest first. */
    public List<ApiKey> list(Caller caller) {
        return database.read(handle -> handle.createQuery(
                        "select * from api_key where organization_id = :organization order by created_at, seq")
                .bind("organization", caller.organizationId())
                .map((row, context) -> key(row))
                .list());
    }

    /**
     * Ends a key at once.
     *
     * @throws UserError {@code NOT_FOUND}
     */
    public void revoke(Caller caller, String id) {
        int removed = database.write(
                handle -> handle.createUpdate("delete from api_key where id = :id and organization_id = :organization")
                        .bind("id", id)
                        .bind("organization", caller.organizationId())
                        .execute());
        if (removed == 0) {
            throw new UserError(
                    ErrorCode.NOT_FOUND, "id", "No such key: " + id + ". `luthier keys list` shows the ids.");
        }
    }

    private void setAdminKey(String secret) {
        check(secret);
        Caller owner = owner();
        database.writeRepeatable(handle -> handle.createUpdate("""
                        delete from api_key
                        where id = :id and digest <> :digest""")
                .bind("id", ADMIN_KEY_ID)
                .bind("digest", digest.of(secret))
                .execute());
        if (!database.read(handle -> exists(handle, digest.of(secret)))) {
            insert(owner, ADMIN_KEY_ID, "LUTHIER_ADMIN_KEY", Caller.Role.ADMIN, secret);
        }
    }

    private ApiKey insert(Caller owner, String id, String name, Caller.Role role, String secret) {
        var now = Rows.now(clock);
        return database.writeRepeatable(handle -> {
            handle.createUpdate("""
                            insert into api_key (id, organization_id, project_id, name, role, digest, hint, created_at)
                            values (:id, :organization, :project, :name, :role, :digest, :hint, :now)
                            on conflict (id) do nothing""")
                    .bind("id", id)
                    .bind("organization", owner.organizationId())
                    .bind("project", owner.projectId())
                    .bind("name", name)
                    .bind("role", role.name().toLowerCase(Locale.ROOT))
                    .bind("digest", digest.of(secret))
                    .bind("hint", hint(secret))
                    .bind("now", Rows.time(now))
                    .execute();
            return handle.createQuery("select * from api_key where id = :id")
                    .bind("id", id)
                    .map((row, context) -> key(row))
                    .one();
        });
    }

    private static void check(String secret) {
        boolean visible = secret.chars().allMatch(c -> c > ' ' && c < 127);
        if (!visible || secret.length() < SHORTEST || secret.length() > LONGEST) {
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    "value",
                    "A key has %d to %d visible ASCII characters without spaces; this one has %d."
                            .formatted(SHORTEST, LONGEST, secret.length()));
        }
    }

    private static boolean exists(Handle handle, byte[] digest) {
        return handle.createQuery("select exists (select from api_key where digest = :digest)")
                .bind("digest", digest)
                .mapTo(Boolean.class)
                .one();
    }

    private byte[] salt() {
        byte[] fresh = Ids.secretBytes(32);
        return database.writeRepeatable(handle -> {
            handle.createUpdate(
                            "insert into secret (name, value) values ('key-salt', :value) on conflict (name) do nothing")
                    .bind("value", fresh)
                    .execute();
            return handle.createQuery("select value from secret where name = 'key-salt'")
                    .mapTo(byte[].class)
                    .one();
        });
    }

    private void makeFirstOrganization() {
        String organization = Ids.organization();
        String project = Ids.project();
        var now = Rows.time(Rows.now(clock));
        database.writeRepeatable(handle -> {
            int made = handle.createUpdate("""
                            insert into organization (id, slug, created_at)
                            select :id, :slug, :now where not exists (select from organization)
                            on conflict (slug) do nothing""")
                    .bind("id", organization)
                    .bind("slug", slug)
                    .bind("now", now)
                    .execute();
            if (made == 1) {
                handle.createUpdate("""
                                insert into project (id, organization_id, name, created_at)
                                values (:id, :organization, 'default', :now)""")
                        .bind("id", project)
                        .bind("organization", organization)
                        .bind("now", now)
                        .execute();
            }
            return made;
        });
    }

    /** Enough of a key to recognise it: never more than a quarter of its characters. */
    static String hint(String secret) {
        if (secret.length() < 16) {
            return "***";
        }
        int head = Math.min(8, secret.length() / 8);
        int tail = Math.min(4, secret.length() / 8);
        return secret.substring(0, head) + "***" + secret.substring(secret.length() - tail);
    }

    private static Caller caller(ResultSet row) throws SQLException {
        return new Caller(
                row.getString("organization_id"),
                row.getString("slug"),
                row.getString("project_id"),
                row.getString("id"),
                role(row));
    }

    private static ApiKey key(ResultSet row) throws SQLException {
        return new ApiKey(
                row.getString("id"),
                row.getString("organization_id"),
                row.getString("project_id"),
                row.getString("name"),
                role(row),
                row.getString("hint"),
                Rows.instant(row, "created_at"));
    }

    private static Caller.Role role(ResultSet row) throws SQLException {
        return Caller.Role.valueOf(row.getString("role").toUpperCase(Locale.ROOT));
    }
}
