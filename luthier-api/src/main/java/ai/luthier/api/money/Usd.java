package ai.luthier.api.money;

import java.math.BigDecimal;

/**
 * An exact amount of US dollars, not negative, never rounded: a token's price has more than two decimals.
 *
 * <p>Amounts of equal value are equal however they were written. At least two decimals are kept, so that
 * {@link #toString()} gives {@code 2.40}, and {@code 0.0000045} where it must.
 */
public record Usd(BigDecimal amount) implements Comparable<Usd> {

    public static final Usd ZERO = new Usd(BigDecimal.ZERO);

    private static final int CENTS = 2;

    public Usd {
        if (amount.signum() < 0) {
            throw new IllegalArgumentException("a price is not negative: " + amount);
        }
        BigDecimal shortest = amount.stripTrailingZeros();
        amount = shortest.scale() < CENTS ? shortest.setScale(CENTS) : shortest;
    }

    /** The amount that a decimal such as {@code 0.30} names. */
    public static Usd of(String decimal) {
        return new Usd(new BigDecimal(decimal));
    }

    public Usd plus(Usd other) {
        return new Usd(amount.add(other.amount));
    }

    @Override
    public int compareTo(Usd other) {
        return amount.compareTo(other.amount);
    }

    /** A plain decimal without currency sign or exponent. */
    @Override
    public String toString() {
        return amount.toPlainString();
    }
}
