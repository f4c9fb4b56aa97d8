package ai.luthier.server.wire;

import ai.luthier.api.catalogue.Catalogue;
import ai.luthier.api.money.TokenUsage;
import ai.luthier.api.money.Usd;
import ai.luthier.api.wire.Usage;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.http.Backend;
import ai.luthier.server.models.ModelName;
import ai.luthier.server.usage.Ledger;
import ai.luthier.server.usage.LedgerEntry;
import java.time.Clock;
import java.util.function.Supplier;

/** Writes answers into the bill, at the catalogue's rates of the moment. */
final class AnswerBilling implements Backend.Ledger {

    private final Ledger ledger;
    private final Supplier<Catalogue> catalogue;
    private final Clock clock;

    AnswerBilling(Ledger ledger, Supplier<Catalogue> catalogue, Clock clock) {
        this.ledger = ledger;
        this.catalogue = catalogue;
        this.clock = clock;
    }

    @Override
    public void record(Caller caller, String model, String answerId, Usage usage) {
        String base = ModelName.baseOf(model);
        TokenUsage tokens = TokenUsage.ofCall(usage.promptTokens(), usage.completionTokens());
        Usd price = catalogue
                .get()
                .find(base)
                .map(entry -> entry.pricing().of(tokens, !base.equals(model)))
                .orElse(Usd.ZERO);
        ledger.record(LedgerEntry.answer(
                caller,
                answerId.startsWith("chatcmpl-") ? LedgerEntry.Kind.CHAT : LedgerEntry.Kind.COMPLETION,
                answerId,
                model,
                usage.promptTokens(),
                usage.completionTokens(),
                price.amount(),
                clock.instant()));
    }
}
