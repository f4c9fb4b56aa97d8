package ai.luthier.engine.score;

/**
 * What a model says of one row.
 *
 * @param logprobs {@code log p(ids[t] | ids[0, t))} in nats at {@code [t]}, {@code [T]}; NaN at 0, which nothing precedes
 * @param top1 the likeliest token after {@code ids[0, t]} at {@code [t]}, {@code [T]}; the lowest of equals
 */
public record Scores(float[] logprobs, int[] top1) {}
