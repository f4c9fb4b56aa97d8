package ai.luthier.engine.fast;

import ai.luthier.engine.model.RotaryTable;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Where everything of one forward pass lies: which queries attend to which keys, in which blocks, turned by which angles.
 *
 * <p>Layers compute with all {@code T} tokens; the last one, where asked to, with {@code n} queries only. Belongs to the
 * scope in which it was made.
 *
 * @param outputs {@code [n]} strictly ascending: the tokens whose hidden states are asked for
 * @param picks {@code [asked]} which of the outputs is the answer to each question; one that rows share answers several
 * @param everywhere queries of all tokens
 * @param atOutputs queries of the outputs alone
 */
record Geometry(Tensor ids, Tensor outputs, Tensor picks, RotaryTable keyTurn, Queries everywhere, Queries atOutputs) {

    /** Queries in one block: small enough to skip most of what is masked, tall enough for fast products. */
    static final int BLOCK = 128;

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
     * Queries {@code [from, from + size)} of the matrix of queries, in order; none sees more than the first {@code seen} keys
     * of its row.
     *
     * @param mask {@code [size·G, tail]}, added to the scores of the last {@code tail} of these keys: {@code -inf} where a
     *     query stands before a key
     */
    record Block(int from, int size, int seen, Tensor mask) {}

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
                weights.keyTurn(packed.positions()),
                queries(weights, packed, range(packed.tokens())),
                queries(weights, packed, outputs));
    }

    private static Queries queries(FrozenWeights weights, PackedRows packed, int[] tokens) {
        int[] positions = packed.positions();
        Dtype dtype = weights.dtype();
        int[] own = Arrays.stream(tokens).map(token -> positions[token]).toArray();
        RotaryTable turn = weights.queryTurn(own);
        int group = weights.group();
        Tensor triangle = mask(dtype, group, range(BLOCK), 1, BLOCK);
        List<Row> result = new ArrayList<>();
        int from = 0;
        for (PackedRows.Segment segment : packed.segments()) {
            int end = from;
            while (end < tokens.length && tokens[end] < segment.start() + segment.length()) {
                end++;
            }
            List<Block> blocks = new ArrayList<>();
            for (int at = from; at < end; at += BLOCK) {
                int size = Math.min(BLOCK, end - at);
                blocks.add(block(dtype, group, triangle, at, Arrays.copyOfRange(own, at, at + size)));
            }
            if (!blocks.isEmpty()) {
                result.add(new Row(segment, blocks));
            }
            from = end;
        }
        return new Queries(turn, tokens.length, group, result);
    }

    private static Block block(Dtype dtype, int group, Tensor triangle, int from, int[] positions) {
        int size = positions.length;
        int first = positions[0];
        int seen = positions[size - 1] + 1;
        Tensor mask = seen - first == size
                ? triangle.narrow(0, 0, (long) size * group).narrow(1, 0, size - 1L)
                : mask(dtype, group, positions, first + 1, seen);
        return new Block(from, size, seen, mask);
    }

    /** {@code [positions·G, end - start]}: {@code -inf} where key {@code start + j} comes after the query, else 0. */
    private static Tensor mask(Dtype dtype, int group, int[] positions, int start, int end) {
        Tensor keys = torch.arange(new Scalar(start), new Scalar(end)); // [tail]
        Tensor queries = Tensors.ids(positions).repeat_interleave(group); // [positions·G]
        Tensor later = keys.unsqueeze(0).gt(queries.unsqueeze(1)); // [positions·G, tail]
        return Tensors.zeros(dtype, (long) positions.length * group, end - start)
                .masked_fill_(later, new Scalar(Double.NEGATIVE_INFINITY));
    }

    private static int[] range(int size) {
        int[] range = new int[size];
        Arrays.setAll(range, i -> i);
        return range;
    }
}
