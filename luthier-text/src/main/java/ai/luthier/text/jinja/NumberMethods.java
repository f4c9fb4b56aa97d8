package ai.luthier.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
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
                    "conjugate", (self, args) -> new Value.Int(Values.toInteger(self), 0),
                    "as_integer_ratio",
                            (self, args) ->
                                    new Value.Tuple(List.of(new Value.Int(Values.toInteger(self), 0), Value.Int.of(1))),
                    "is_integer", (self, args) -> Value.Bool.TRUE),
            Set.of());

    static final Methods FLOAT = new Methods(
            Map.of(
                    "is_integer",
                            (self, args) -> Value.Bool.of(Values.toDouble(self) == Math.rint(Values.toDouble(self))),
                    "conjugate", (self, args) -> self,
                    "hex", (self, args) -> Text.of(hex(Values.toDouble(self))),
                    "as_integer_ratio", (self, args) -> ratio(Values.toDouble(self))),
            Set.of());

    /** Java's hexadecimal form with all thirteen digits and Python's sign of the exponent. */
    private static String hex(double value) {
        if (!Double.isFinite(value)) {
            return Printer.real(value);
        }
        String java = Double.toHexString(value);
        int point = java.indexOf('.');
        int exponent = java.indexOf('p');
        String digits = java.substring(point + 1, exponent);
        String power = java.substring(exponent + 1);
        String sign = power.startsWith("-") ? "" : "+";
        return value == 0
                ? java.substring(0, point) + ".0p+0"
                : java.substring(0, point + 1) + digits + "0".repeat(13 - digits.length()) + "p" + sign + power;
    }

    private static Value ratio(double value) {
        if (Double.isNaN(value)) {
            throw JinjaException.value("cannot convert NaN to integer ratio");
        }
        if (Double.isInfinite(value)) {
            throw JinjaException.overflow("cannot convert Infinity to integer ratio");
        }
        BigDecimal exact = new BigDecimal(value);
        BigInteger denominator = BigInteger.TEN.pow(Math.max(0, exact.scale()));
        BigInteger numerator = exact.multiply(new BigDecimal(denominator)).toBigInteger();
        BigInteger common = numerator.gcd(denominator);
        return new Value.Tuple(
                List.of(new Value.Int(numerator.divide(common), 0), new Value.Int(denominator.divide(common), 0)));
    }
}
