package ai.luthier.api.money;

/** What a model costs to ask. */
public record Rates(Price input, Price output) {

    public static final Rates FREE = new Rates(Price.FREE, Price.FREE);

    /** Rates per million tokens, as decimals. */
    public static Rates perMillion(String input, String output) {
        return new Rates(Price.perMillion(input), Price.perMillion(output));
    }

    /** What a call costs; training tokens are not part of it. */
    public Usd of(TokenUsage usage) {
        return input.of(usage.input()).plus(output.of(usage.output()));
    }
}
