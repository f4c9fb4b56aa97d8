package ai.luthier.text.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * How C's {@code printf} and Python write the magnitude of a float: fixed, scientific, the shorter of both. Rounded half to
 * even on the exact binary value. {@code alternate} (Python's {@code #}) keeps the point and trailing zeros.
 */
final class Digits {

    private Digits() {}

    static String notFinite(double value) {
        return Double.isNaN(value) ? "nan" : "inf";
    }

    /** {@code %.<digits>f} of a magnitude. */
    static String fixed(double magnitude, int digits, boolean alternate) {
        if (!Double.isFinite(magnitude)) {
            return notFinite(magnitude);
        }
        String shown = new BigDecimal(magnitude)
                .setScale(digits, RoundingMode.HALF_EVEN)
                .toPlainString();
        return alternate && digits == 0 ? shown + "." : shown;
    }

    /** {@code %.<digits>e} of a finite magnitude. */
    static String scientific(double magnitude, int digits, boolean alternate) {
        BigDecimal exact = new BigDecimal(magnitude);
        if (exact.signum() == 0) {
            return fixed(0, digits, alternate) + "e+00";
        }
        BigDecimal rounded = exact.round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        String mantissa = rounded.movePointLeft(exponent)
                .setScale(digits, RoundingMode.HALF_EVEN)
                .toPlainString();
        return (alternate && digits == 0 ? mantissa + "." : mantissa) + "e" + signed(exponent);
    }

    private static String signed(int exponent) {
        return (exponent < 0 ? "-" : "+") + String.format(Locale.ROOT, "%02d", Math.abs(exponent));
    }

    /** {@code %.<digits>g} of a finite magnitude; {@code digits} of at least one. */
    static String general(double magnitude, int digits, boolean alternate) {
        String shown = scientific(magnitude, digits - 1, alternate);
        int mark = shown.indexOf('e');
        int exponent = Integer.parseInt(shown.substring(mark + 1));
        if (exponent < -4 || exponent >= digits) {
            String mantissa = shown.substring(0, mark);
            return (alternate ? mantissa : trimmed(mantissa)) + shown.substring(mark);
        }
        String plain = fixed(magnitude, digits - 1 - exponent, alternate);
        return alternate ? plain : trimmed(plain);
    }

    /** What {@code format(x, ".<digits>")} gives without a type: like {@code g}, but it always looks like a float. */
    static String floatLike(double magnitude, int digits) {
        String shown = scientific(magnitude, digits - 1, false);
        int mark = shown.indexOf('e');
        int exponent = Integer.parseInt(shown.substring(mark + 1));
        if (exponent < -4 || exponent >= digits - 1) {
            if (magnitude != 0) {
                return trimmed(shown.substring(0, mark)) + shown.substring(mark);
            }
            return "0e+00".repeat(digits == 1 ? 1 : 0) + (digits == 1 ? "" : "0.0");
        }
        String plain = trimmed(fixed(magnitude, digits - 1 - exponent, false));
        return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }

    private static String trimmed(String digits) {
        if (digits.indexOf('.') < 0) {
            return digits;
        }
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, digits.charAt(end - 1) == '.' ? end - 1 : end);
    }
}
