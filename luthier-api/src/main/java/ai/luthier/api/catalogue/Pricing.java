package ai.luthier.api.catalogue;

import ai.luthier.api.money.Price;
import ai.luthier.api.money.Rates;
import ai.luthier.api.money.TokenUsage;
import ai.luthier.api.money.Usd;
import java.time.LocalDate;

/**
 * What training and asking cost, by one price list.
 *
 * @param listed the date of the list
 * @param training a trained token; validation is free
 * @param base asking the base
 * @param tuned asking a model tuned from it
 */
public record Pricing(LocalDate listed, Price training, Rates base, Rates tuned) {

    /** What tokens cost: training tokens at the training price, the others at the rates of the base or of its tunes. */
    public Usd of(TokenUsage usage, boolean tunedModel) {
        return training.of(usage.training()).plus((tunedModel ? tuned : base).of(usage));
    }
}
