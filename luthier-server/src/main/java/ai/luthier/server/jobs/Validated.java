package ai.luthier.server.jobs;

/**
 * What validation found.
 *
 * @param examples rows that will be trained on
 * @param tokensPerEpoch tokens of those rows as trained, prompt and answer
 */
public record Validated(int examples, long tokensPerEpoch) {}
