/**
 * What a model says of given tokens: the log-probability of each, and what it would have said itself.
 *
 * <p>Open {@link ai.luthier.engine.score.Scorer} first; {@link ai.luthier.engine.score.ScoreLines} answers lines of JSON with it,
 * so that other programs can compare an implementation with ours.
 *
 * <pre>{@code
 * try (Decoder decoder = ModelDirectory.open(folder).decoder(Dtype.FP32)) {
 *     Scores scores = new Scorer(decoder).score(ids);
 *     scores.logprobs(); // [T], the first of them means nothing
 * }
 * }</pre>
 *
 * <p>Invariants: memory does not grow with the row times the vocabulary; nothing depends on other rows. One thread.
 */
@NullMarked
package ai.luthier.engine.score;

import org.jspecify.annotations.NullMarked;
