package ai.luthier.text.jinja;

import java.util.Map;
import java.util.Set;

/** Methods of {@code int} (and {@code bool}) and {@code float}. */
final class NumberMethods {

    private NumberMethods() {}

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
