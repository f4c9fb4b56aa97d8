package ai.luthier.engine.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an objective says of some rows.
 *
 * @param loss what the run makes smaller, a mean
 * @param accuracy share of the tokens to learn than which none was likelier, [0, 1]
 * @param supervised tokens that carry loss
 * @param more what else was measured, by name, in order
 */
record Measured(double loss, double accuracy, long supervised, Map<String, Double> more) {

    Measured {
        more = Collections.unmodifiableMap(new LinkedHashMap<>(more));
    }

    static Measured of(LossSum sum) {
        return new Measured(sum.loss(), sum.accuracy(), sum.tokens(), Map.of());
    }
}
