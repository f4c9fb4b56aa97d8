package ai.luthier.server.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.server.accounts.Caller;
import ai.luthier.server.accounts.KeyService;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.OtherOrganization;
import ai.luthier.server.store.TestDatabase;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private Database database;
    private Ledger ledger;
    private Caller caller;

    @BeforeEach
    void open() {
        database = TestDatabase.open();
        ledger = new Ledger(database);
        caller = new KeyService(database, Clock.systemUTC(), "personal").owner();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private LedgerEntry chat(Caller who, String request, String usd, Instant when) {
        return LedgerEntry.answer(
                who, LedgerEntry.Kind.CHAT, request, "gpt-4o-mini-2024-07-18", 10, 20, new BigDecimal(usd), when);
    }

    @Test
    void amountsAreExact() {
        for (int i = 0; i < 10; i++) {
            ledger.record(chat(caller, "chatcmpl-" + i, "0.0000001", NOW));
        }
        ledger.record(chat(caller, "chatcmpl-large", "123456789.123456789123456789", NOW));
        assertThat(ledger.total(caller, NOW, NOW.plusSeconds(1))).isEqualByComparingTo("123456789.123457789123456789");
    }

    @Test
    void aRequestIsBilledOnce() {
        LedgerEntry entry = chat(caller, "chatcmpl-1", "0.5", NOW);
        ledger.record(entry);
        ledger.record(entry);
        ledger.record(chat(caller, "chatcmpl-1", "0.5", NOW));
        assertThat(ledger.entries(caller, NOW, NOW.plusSeconds(1))).containsExactly(entry);
    }

    @Test
    void periodsAreHalfOpen_andOrganizationsApart() {
        Caller stranger = OtherOrganization.in(database);
        ledger.record(chat(caller, "a", "1", NOW));
        ledger.record(chat(caller, "b", "2", NOW.plusSeconds(10)));
        ledger.record(chat(stranger, "c", "4", NOW));
        assertThat(ledger.total(caller, NOW, NOW.plusSeconds(10))).isEqualByComparingTo("1");
        assertThat(ledger.total(stranger, NOW, NOW.plusSeconds(10))).isEqualByComparingTo("4");
        assertThat(ledger.total(caller, NOW.plusSeconds(11), NOW.plusSeconds(12)))
                .isEqualByComparingTo("0");
    }

    @Test
    void nothingNegativeIsBilled() {
        assertThatThrownBy(() -> chat(caller, "a", "-1", NOW)).isInstanceOf(IllegalArgumentException.class);
    }
}
