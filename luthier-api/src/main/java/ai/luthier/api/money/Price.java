package ai.luthier.api.money;

/**
 * The price of tokens.
 *
 * @param perMillion of a million tokens, the unit in which price lists are written
 */
public record Price(Usd perMillion) {

    public static final Price FREE = new Price(Usd.ZERO);

    private static final int MILLION_DIGITS = 6;

    /** A price per million tokens, as a decimal such as {@code 0.30}. */
    public static Price perMillion(String usd) {
        return new Price(Usd.of(usd));
    }

    /** What {@code tokens}, at least 0, cost; exact. */
    public Usd of(long tokens) {
        return new Usd(perMillion
                .amount()
                .multiply(java.math.BigDecimal.valueOf(tokens))
                .movePointLeft(MILLION_DIGITS));
    }
}
