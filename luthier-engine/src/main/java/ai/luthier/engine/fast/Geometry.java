package ai.luthier.engine.fast;

import static java.util.Objects.requireNonNull;

import ai.luthier.engine.model.LayerSpec;
import ai.luthier.engine.model.RotaryTable;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Where everything of one forward pass lies: which queries attend to which keys, in which blocks, turned by which angles.
 *
 * <p>Layers compute with all {@code T} tokens; the last one, where asked to, with {@code n} queries only. Belongs to the
 * scope in which it was made.
 *
 * @param outputs {@code [n]} strictly ascending: the tokens whose hidden states are asked for
 * @param picks {@code [asked]} which of the outputs is the answer to each question; one that rows share answers several
 * @param kinds what differs between layers of different kinds
 */
record Geometry(Tensor ids, Tensor outputs, Tensor picks, Map<LayerSpec, InLayer> kinds) {

    /** Queries in one block: small enough to skip most of what is masked, tall enough for fast products. */
    static final int BLOCK = 128;

    /**
     * Keys of a block are a multiple of this many where the pass has as many: those behind the row's end are masked, weigh exactly zero
     * and get no gradient. Softmax over a last dimension that fills whole vectors takes three quarters of the time, adding the mask half.
     */
    static final int VECTOR = 32;

    /**
     * How a layer turns and attends.
     *
     * @param everywhere queries of all tokens
     * @param atOutputs queries of the outputs alone
     */
    record InLayer(RotaryTable keyTurn, Queries everywhere, Queries atOutputs) {}

    /**
     * Queries of some tokens.
     *
     * @param turn the rotary table that turns them, and scales them by {@code 1/√h}
     * @param count how many, {@code n}
     * @param group heads that share a key-value head, {@code G}
     */
    record Queries(RotaryTable turn, int count, int group, List<Row> rows) {}

    /** The queries of one segment; their keys are those of its prefix and its own. */
    record Row(PackedRows.Segment keys, List<Block> blocks) {

        /** How many keys. */
        int length() {
            return keys.prefixLength() + keys.length();
        }
    }

    /**
     * Queries {@code [from, from + size)} of the matrix of queries, in order; none sees other keys of its row than
     * {@code [first, seen)}.
     *
     * @param mask {@code [size·G, tail]}, added to the scores of the last {@code tail} of these keys: {@code -inf} where a
     *     query stands before a key, or a window behind it, else 0
     */
    record Block(int from, int size, int first, int seen, Tensor mask) {}

    /** For hidden states of these tokens, {@code asked}, by their indices in the rows. */
    static Geometry of(FrozenWeights weights, PackedRows packed, long[] asked) {
        int[] places = Arrays.stream(asked)
                .mapToInt(token -> packed.placeOf()[Math.toIntExact(token)])
                .toArray();
        int[] outputs = Arrays.stream(places).sorted().distinct().toArray();
        long[] picks = Arrays.stream(places)
                .mapToLong(place -> Arrays.binarySearch(outputs, place))
                .toArray();
        return new Geometry(
                Tensors.ids(packed.ids()),
                Tensors.ids(outputs),
                Tensors.longs(picks),
                weights.spec().eachLayer().stream()
                        .distinct()
                        .collect(Collectors.toMap(layer -> layer, layer -> inLayer(weights, layer, packed, outputs))));
    }

    /** How many scores of a head a layer keeps that keeps any; of the kind of layer that computes most. */
    long keptScores() {
        return kinds.values().stream()
                .mapToLong(kind -> kind.everywhere().rows().stream()
                        .filter(row -> row.length() <= FastOptions.KEPT_ROW)
                        .flatMap(row -> row.blocks().stream())
                        .mapToLong(block -> (long) block.size() * (block.seen() - block.first()))
                        .sum())
                .max()
                .orElse(0);
    }

    /** For a layer. */
    InLayer in(LayerSpec layer) {
        return requireNonNull(kinds.get(layer));
    }

    private static InLayer inLayer(FrozenWeights weights, LayerSpec layer, PackedRows packed, int[] outputs) {
        return new InLayer(
                weights.keyTurn(layer, packed.positions()),
                queries(weights, layer, packed, range(packed.tokens())),
                queries(weights, layer, packed, outputs));
    }

    private static Queries queries(FrozenWeights weights, LayerSpec layer, PackedRows packed, int[] tokens) {
        int[] positions = packed.positions();
        Dtype dtype = weights.dtype();
        int[] own = Arrays.stream(tokens).map(token -> positions[token]).toArray();
        RotaryTable turn = weights.queryTurn(layer, own);
        int group = weights.group();
        Tensor triangle = mask(dtype, group, range(BLOCK), 0, BLOCK, 0);
        List<Row> result = new ArrayList<>();
        int from = 0;
        for (PackedRows.Segment segment : packed.segments()) {
            int end = from;
            while (end < tokens.length && tokens[end] < segment.start() + segment.length()) {
                end++;
            }
            int keys = packed.tokens() - segment.start() + segment.prefixLength();
            List<Block> blocks = new ArrayList<>();
            for (int at = from; at < end; at += BLOCK) {
                int size = Math.min(BLOCK, end - at);
                int[] places = Arrays.copyOfRange(own, at, at + size);
                blocks.add(
                        layer.window() > 0
                                ? windowed(dtype, group, layer.window(), at, places, keys)
                                : block(dtype, group, triangle, at, places, keys));
            }
            if (!blocks.isEmpty()) {
                result.add(new Row(segment, blocks));
            }
            from = end;
        }
        return new Queries(turn, tokens.length, group, result);
    }

    /** {@code keys}: how many lie from the row's first one to the pass's last, in rows of others too. */
    private static Block block(Dtype dtype, int group, Tensor triangle, int from, int[] positions, int keys) {
        int size = positions.length;
        int first = positions[0];
        int last = positions[size - 1];
        int seen = Math.min(keys, whole(last + 1));
        int start = Math.max(0, seen - whole(seen - first));
        Tensor mask = last - first + 1 == size && start == first && seen - first <= BLOCK
                ? triangle.narrow(0, 0, (long) size * group).narrow(1, 0, (long) seen - first)
                : mask(dtype, group, positions, start, seen, 0);
        return new Block(from, size, 0, seen, mask);
    }

    private static Block windowed(Dtype dtype, int group, int window, int from, int[] positions, int keys) {
        int first = Math.max(0, positions[0] - window + 1);
        int last = positions[positions.length - 1];
        int seen = Math.min(keys, first + whole(last + 1 - first));
        return new Block(from, positions.length, first, seen, mask(dtype, group, positions, first, seen, window));
    }

    /** The next multiple of {@link #VECTOR}. */
    private static int whole(int size) {
        return Math.ceilDiv(size, VECTOR) * VECTOR;
    }

    /**
     * {@code [positions·G, end - start]}: {@code -inf} where key {@code start + j} comes after the query, or a window or more before
     * it, else 0.
     */
    private static Tensor mask(Dtype dtype, int group, int[] positions, int start, int end, int window) {
        Tensor keys = Tensors.ids(IntStream.range(start, end).toArray()); // [tail]
        Tensor queries = Tensors.ids(positions).repeat_interleave(group); // [positions·G]
        Tensor hidden = keys.unsqueeze(0).gt(queries.unsqueeze(1)); // [positions·G, tail]
        if (window > 0) {
            Tensor lost = keys.add(new Scalar(window)).unsqueeze(0).le(queries.unsqueeze(1)); // [positions·G, tail]
            hidden = hidden.logical_or(lost);
        }
        return Tensors.zeros(dtype, (long) positions.length * group, end - start)
                .masked_fill_(hidden, new Scalar(Double.NEGATIVE_INFINITY));
    }

    private static int[] range(int size) {
        int[] range = new int[size];
        Arrays.setAll(range, i -> i);
        return range;
    }
}
