package ai.luthier.engine.train;

/** What happens to a training row that is longer than its limit. */
public enum Overlong {
    /** The run fails before its first step and names every such row with its length. */
    REFUSE,
    /** The row is cut at its end, as OpenAI does; rows that keep no supervised token are dropped with a warning. */
    TRUNCATE
}
