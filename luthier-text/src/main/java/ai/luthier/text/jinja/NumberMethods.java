package ai.luthier.text.jinja;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Methods of {@code int} (and {@code bool}) and {@code float}. */
final class NumberMethods {

    private NumberMethods() {}

    /** {@code real}, {@code imag}, {@code numerator}, {@code denominator}; null for another name. */
    static @Nullable Value part(Value number, String name) {
        Value plain = number instanceof Value.Bool ? new Value.Int(Values.toInteger(number), 0) : number;
        boolean real = number instanceof Value.Real;
        return switch (name) {
            case "real" -> plain;
            case "imag" -> real ? new Value.Real(0, 0) : Value.Int.of(0);
            case "numerator" -> real ? null : plain;
            case "denominator" -> real ? null : Value.Int.of(1);
            default -> null;
        };
    }

    static final Methods INT = new Methods(
            Map.of(
                    "bit_length",
                            (self, args) ->
                                    Value.Int.of(Values.toInteger(self).abs().bitLength()),
                    "bit_count",
                            (self, args) ->
                                    Value.Int.of(Values.toInteger(self).abs().bitCount()),
                    "conjugate", (self, args) -> self,
                    "is_integer", (self, args) -> Value.Bool.TRUE),
            Set.of());

    static final Methods FLOAT = new Methods(
            Map.of(
                    "is_integer",
                            (self, args) -> Value.Bool.of(Values.toDouble(self) == Math.rint(Values.toDouble(self))),
                    "conjugate", (self, args) -> self),
            Set.of());
}
