/**
 * The model: one decoder driven by data.
 *
 * <p>Open {@link ai.luthier.engine.model.Decoder} first; {@link ai.luthier.engine.model.DecoderSpec} says what it can be:
 * sizes, and records for norms, attention, feed-forward blocks, both ends, each layer, and the names of the weights. A family
 * of models is a mapping of configuration keys (see {@code checkpoint}) and weight names
 * ({@link ai.luthier.engine.model.ModuleNames}), never a subclass.
 *
 * <pre>{@code
 * try (Decoder decoder = ModelDirectory.open(folder).decoder(Dtype.FP32); var scope = new PointerScope()) {
 *     Tensor hidden = decoder.hidden(Rows.of(ids), Adapter.NONE);    // [tokens, d]
 *     Tensor logits = decoder.logits(hidden);                        // [tokens, V]
 * }
 * }</pre>
 *
 * <p>Letters in shape comments: {@code T} tokens of all rows of a forward pass, {@code t} tokens of one row, {@code d} width
 * of the residual stream, {@code f} width of the feed-forward layer, {@code V} vocabulary, {@code H} query heads, {@code K}
 * key-value heads, {@code G = H / K} query heads that share one of them, {@code h} width of a head, {@code r} rank.
 *
 * <p>Invariants: rows lie side by side in one {@code [T, d]} matrix, without padding; no token attends to another row;
 * positions restart with every row. Weights are shared and never written by a forward pass, so any number of threads may
 * run one, each in scopes of its own.
 */
@NullMarked
package ai.luthier.engine.model;

import org.jspecify.annotations.NullMarked;
