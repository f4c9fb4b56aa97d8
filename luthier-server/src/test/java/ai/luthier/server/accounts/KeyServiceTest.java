package ai.luthier.server.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.LuthierException;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.OtherOrganization;
import ai.luthier.server.store.TestDatabase;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyServiceTest {

    private Database database;
    private KeyService keys;

    @BeforeEach
    void open() {
        database = TestDatabase.open();
        keys = restart();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private KeyService restart() {
        return new KeyService(database, Clock.systemUTC(), "personal");
    }

    private void refused(String secret) {
        assertThatThrownBy(() -> keys.authenticate(secret))
                .hasMessageStartingWith("Incorrect API key provided: ")
                .hasMessageNotContaining(secret.isEmpty() ? "\0" : secret)
                .extracting(e -> ((LuthierException) e).code())
                .isEqualTo(ErrorCode.INVALID_API_KEY);
    }

    @Test
    void theFirstStartMakesAKey_andLaterOnesDoNot() {
        ApiKey.Fresh first = keys.firstKey(Optional.empty()).orElseThrow();
        assertThat(first.secret()).matches("sk-[A-Za-z0-9]{48}");
        Caller caller = keys.authenticate(first.secret());
        assertThat(caller.role()).isEqualTo(Caller.Role.ADMIN);
        assertThat(caller.slug()).isEqualTo("personal");
        assertThat(caller.organizationId()).matches("org-[A-Za-z0-9]{24}");

        KeyService later = restart();
        assertThat(later.firstKey(Optional.empty())).isEmpty();
        assertThat(later.authenticate(first.secret())).isEqualTo(caller);
        refused(first.secret() + "x");
        refused("");
    }

    @Test
    void theAdminKeyOfTheEnvironmentReplacesItsEarlierValue() {
        assertThat(keys.firstKey(Optional.of("sk-owner-one"))).isEmpty();
        assertThat(keys.authenticate("sk-owner-one").role()).isEqualTo(Caller.Role.ADMIN);
        restart().firstKey(Optional.of("sk-owner-one"));
        restart().firstKey(Optional.of("sk-owner-two"));
        assertThat(keys.authenticate("sk-owner-two").role()).isEqualTo(Caller.Role.ADMIN);
        refused("sk-owner-one");
        assertThat(keys.list(keys.owner())).hasSize(1);
    }

    @Test
    void takesAKeyThatAnApplicationUses_once() {
        ApiKey key = keys.add("app", Caller.Role.MEMBER, "sk-proj-abcdefghijklmnopqrstuvwxyz012345");
        assertThat(key.hint()).isEqualTo("sk-pr***2345");
        assertThat(keys.authenticate("sk-proj-abcdefghijklmnopqrstuvwxyz012345").role())
                .isEqualTo(Caller.Role.MEMBER);
        assertThatThrownBy(() -> keys.add("again", Caller.Role.MEMBER, "sk-proj-abcdefghijklmnopqrstuvwxyz012345"))
                .hasMessageContaining("there already");
        keys.revoke(keys.owner(), key.id());
        refused("sk-proj-abcdefghijklmnopqrstuvwxyz012345");
        assertThatThrownBy(() -> keys.revoke(keys.owner(), key.id())).hasMessageContaining("No such key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "", "with a space in it", "umlaut-ä-is-not-ascii"})
    void refusesValuesThatCannotStandInAHeader(String value) {
        assertThatThrownBy(() -> keys.add("bad", Caller.Role.MEMBER, value))
                .hasMessageContaining("8 to 512 visible ASCII characters");
    }

    @Test
    void noKeyCanBeReadInTheDatabase() {
        String secret = keys.create("app", Caller.Role.MEMBER).secret();
        String everything = database.read(handle -> handle.createQuery("select string_agg(k::text, '|') from api_key k")
                .mapTo(String.class)
                .one());
        assertThat(everything).doesNotContain(secret).doesNotContain(secret.substring(10, 30));
        // The digest depends on the salt of this database, so another installation's says nothing about it.
        try (Database other = TestDatabase.open()) {
            var elsewhere = new KeyService(other, Clock.systemUTC(), "personal");
            keys.add("same", Caller.Role.MEMBER, "sk-the-same-key");
            elsewhere.add("same", Caller.Role.MEMBER, "sk-the-same-key");
            assertThat(digest(database)).isNotEqualTo(digest(other));
        }
    }

    private static byte[] digest(Database database) {
        return database.read(handle -> handle.createQuery("select digest from api_key where name = 'same'")
                .mapTo(byte[].class)
                .one());
    }

    @Test
    void hintsShowAtMostAQuarter() {
        for (int length = 0; length < 80; length++) {
            String hint = KeyService.hint("k".repeat(length));
            assertThat(hint.chars().filter(c -> c == 'k').count()).isLessThanOrEqualTo(length / 4);
        }
    }

    @Test
    void anotherOrganizationSeesAndRevokesNothing() {
        ApiKey key = keys.create("mine", Caller.Role.MEMBER).key();
        Caller stranger = OtherOrganization.in(database);
        assertThat(keys.list(stranger)).isEmpty();
        assertThatThrownBy(() -> keys.revoke(stranger, key.id())).hasMessageContaining("No such key");
        assertThat(keys.list(keys.owner())).containsExactly(key);
    }
}
