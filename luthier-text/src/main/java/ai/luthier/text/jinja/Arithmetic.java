package ai.luthier.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** Python's binary operators on numbers, strings and lists. */
final class Arithmetic {

    /** No power or product of integers grows beyond this many bits. */
    private static final int MAX_BITS = 1 << 16;

    private static final int MAX_ITEMS = 1 << 20;

    private Arithmetic() {}

    static Value apply(String operator, Value left, Value right) {
        if (left instanceof Value.Undefined undefined) {
            throw undefined.error();
        }
        if (right instanceof Value.Undefined undefined && !(left instanceof Text && operator.equals("%"))) {
            throw undefined.error();
        }
        if (operator.equals("+") && left instanceof Text a && right instanceof Text b) {
            return concatenated(a, b);
        }
        if (operator.equals("%") && left instanceof Text format) {
            return PercentFormat.format(format, right);
        }
        if (Values.isNumber(left) && Values.isNumber(right)) {
            return left instanceof Value.Real || right instanceof Value.Real
                    ? real(operator, Values.toDouble(left), Values.toDouble(right))
                    : integer(operator, Values.toInteger(left), Values.toInteger(right));
        }
        if (operator.equals("+")) {
            if (left instanceof Value.Sequence a && right instanceof Value.Sequence b) {
                return new Value.Sequence(joined(a.items(), b.items()), a.tag() == b.tag() ? a.tag() : 0);
            }
            if (left instanceof Value.Tuple a && right instanceof Value.Tuple b) {
                return new Value.Tuple(joined(a.items(), b.items()));
            }
            throw notAddable(left, right);
        }
        if (operator.equals("*") && (isRepeatable(left) || isRepeatable(right))) {
            Value sequence = isRepeatable(left) ? left : right;
            Value count = isRepeatable(left) ? right : left;
            if (!isCount(count)) {
                throw JinjaException.type(
                        "can't multiply sequence by non-int of type '" + Values.typeName(count) + "'");
            }
            return repeated(sequence, Values.toInteger(count), count);
        }
        throw unsupported(operator, left, right);
    }

    /** Markup escapes what is added to it, on either side. */
    private static Text concatenated(Text left, Text right) {
        if (left.markup() || right.markup()) {
            Text a = left.markup() ? left : Html.escape(left);
            Text b = right.markup() ? right : Html.escape(right);
            return a.plus(b).asMarkup(true);
        }
        return left.plus(right);
    }

    private static boolean isRepeatable(Value value) {
        return value instanceof Text || value instanceof Value.Sequence || value instanceof Value.Tuple;
    }

    private static boolean isCount(Value value) {
        return value instanceof Value.Int || value instanceof Value.Bool;
    }

    private static Value repeated(Value value, BigInteger count, Value countValue) {
        int times = count.signum() < 0
                ? 0
                : count.min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue();
        return switch (value) {
            case Text text -> {
                TextBuilder out = new TextBuilder();
                for (int i = 0; i < times && !text.isEmpty(); i++) {
                    out.append(text);
                }
                yield out.build().asMarkup(text.markup());
            }
            case Value.Sequence list -> new Value.Sequence(repeated(list.items(), times), list.tag());
            case Value.Tuple tuple -> new Value.Tuple(repeated(tuple.items(), times));
            default -> throw unsupported("*", value, countValue);
        };
    }

    private static List<Value> repeated(List<Value> items, int times) {
        room((long) items.size() * times);
        List<Value> all = new ArrayList<>();
        for (int i = 0; i < times && !items.isEmpty(); i++) {
            all.addAll(items);
        }
        return all;
    }

    private static List<Value> joined(List<Value> left, List<Value> right) {
        room((long) left.size() + right.size());
        List<Value> all = new ArrayList<>(left.size() + right.size());
        all.addAll(left);
        all.addAll(right);
        return all;
    }

    private static void room(long items) {
        if (items > MAX_ITEMS) {
            throw JinjaException.limit("a list grows beyond " + MAX_ITEMS + " items");
        }
    }

    private static Value integer(String operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case "+" -> new Value.Int(a.add(b), 0);
            case "-" -> new Value.Int(a.subtract(b), 0);
            case "*" -> {
                bits((long) a.bitLength() + b.bitLength());
                yield new Value.Int(a.multiply(b), 0);
            }
            case "/" -> {
                nonZero(b.signum() == 0, "division by zero");
                yield new Value.Real(quotient(a, b), 0);
            }
            case "//" -> {
                nonZero(b.signum() == 0, "integer division or modulo by zero");
                yield new Value.Int(floorDivide(a, b), 0);
            }
            case "%" -> {
                nonZero(b.signum() == 0, "integer modulo by zero");
                yield new Value.Int(a.subtract(floorDivide(a, b).multiply(b)), 0);
            }
            default -> power(a, b);
        };
    }

    private static double quotient(BigInteger a, BigInteger b) {
        if (a.signum() == 0) {
            return b.signum() < 0 ? -0.0 : 0.0;
        }
        double quotient = new BigDecimal(a)
                .divide(new BigDecimal(b), java.math.MathContext.DECIMAL128)
                .doubleValue();
        if (Double.isInfinite(quotient)) {
            throw JinjaException.overflow("integer division result too large for a float");
        }
        return quotient;
    }

    private static BigInteger floorDivide(BigInteger a, BigInteger b) {
        BigInteger[] parts = a.divideAndRemainder(b);
        boolean down = parts[1].signum() != 0 && parts[1].signum() != b.signum();
        return down ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    private static Value power(BigInteger a, BigInteger b) {
        if (b.signum() < 0) {
            nonZero(a.signum() == 0, "0.0 cannot be raised to a negative power");
            return new Value.Real(power(a.doubleValue(), b.doubleValue()), 0);
        }
        if (a.abs().bitLength() > 1) {
            bits(b.bitLength() > 31 ? Long.MAX_VALUE : (long) a.bitLength() * b.intValue());
        }
        return new Value.Int(a.pow(b.bitLength() > 31 ? (b.testBit(0) ? 1 : 2) : b.intValue()), 0);
    }

    private static Value real(String operator, double a, double b) {
        return new Value.Real(
                switch (operator) {
                    case "+" -> a + b;
                    case "-" -> a - b;
                    case "*" -> a * b;
                    case "/" -> {
                        nonZero(b == 0, "float division by zero");
                        yield a / b;
                    }
                    case "//" -> {
                        nonZero(b == 0, "float floor division by zero");
                        yield floorDivide(a, b);
                    }
                    case "%" -> {
                        nonZero(b == 0, "float modulo");
                        yield modulo(a, b);
                    }
                    default -> power(a, b);
                },
                0);
    }

    private static double floorDivide(double a, double b) {
        double remainder = a % b;
        double quotient = (a - remainder) / b;
        if (remainder != 0 && (remainder < 0) != (b < 0)) {
            quotient -= 1;
        }
        if (quotient == 0) {
            return Math.copySign(0.0, a / b);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    /** The remainder with the sign of the divisor. */
    private static double modulo(double a, double b) {
        double remainder = a % b;
        if (remainder == 0) {
            return Math.copySign(0.0, b);
        }
        return (remainder < 0) != (b < 0) ? remainder + b : remainder;
    }

    private static double power(double a, double b) {
        nonZero(a == 0 && b < 0, "0.0 cannot be raised to a negative power");
        if (a < 0 && Double.isFinite(a) && Double.isFinite(b) && b != Math.rint(b)) {
            throw JinjaException.type(
                    "a negative number to a fractional power is complex, which templates do not know");
        }
        double power = Math.pow(a, b);
        if (Double.isInfinite(power) && Double.isFinite(a) && Double.isFinite(b)) {
            throw JinjaException.overflow("(34, 'Numerical result out of range')");
        }
        return power;
    }

    static Value negated(Value value) {
        return switch (value) {
            case Value.Real number -> new Value.Real(-number.value(), 0);
            case Value.Int number -> new Value.Int(number.value().negate(), 0);
            case Value.Bool flag -> new Value.Int(Values.toInteger(flag).negate(), 0);
            case Value.Undefined undefined -> throw undefined.error();
            default -> throw JinjaException.type("bad operand type for unary -: '" + Values.typeName(value) + "'");
        };
    }

    static Value positive(Value value) {
        return switch (value) {
            case Value.Real number -> number;
            case Value.Int number -> number;
            case Value.Bool flag -> new Value.Int(Values.toInteger(flag), 0);
            case Value.Undefined undefined -> throw undefined.error();
            default -> throw JinjaException.type("bad operand type for unary +: '" + Values.typeName(value) + "'");
        };
    }

    /** Rounds half to even at {@code digits} decimals, as Python's {@code round} does on the exact value. */
    static double round(double value, int digits, RoundingMode mode) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return value;
        }
        double rounded = new BigDecimal(value).setScale(digits, mode).doubleValue();
        return Math.copySign(rounded, value);
    }

    private static void bits(long bits) {
        if (bits > MAX_BITS) {
            throw JinjaException.limit("an integer grows beyond " + MAX_BITS + " bits");
        }
    }

    private static void nonZero(boolean zero, String message) {
        if (zero) {
            throw new JinjaException("ZeroDivisionError", message, 0);
        }
    }

    private static JinjaException notAddable(Value left, Value right) {
        if (left instanceof Text) {
            return JinjaException.type("can only concatenate str (not \"" + Values.typeName(right) + "\") to str");
        }
        if (left instanceof Value.Sequence || left instanceof Value.Tuple) {
            String type = Values.typeName(left);
            return JinjaException.type(
                    "can only concatenate " + type + " (not \"" + Values.typeName(right) + "\") to " + type);
        }
        return unsupported("+", left, right);
    }

    private static JinjaException unsupported(String operator, Value left, Value right) {
        String shown = operator.equals("**") ? "** or pow()" : operator;
        return JinjaException.type("unsupported operand type(s) for " + shown + ": '" + Values.typeName(left)
                + "' and '" + Values.typeName(right) + "'");
    }
}
