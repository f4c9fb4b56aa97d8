package ai.luthier.engine.train;

/**
 * Sums of log-probabilities over the learnt tokens of both answers of a pair, in nats.
 *
 * @param preferred of the wanted answer
 * @param nonPreferred of the other
 */
record PairScore(double preferred, double nonPreferred) {}
