package ai.luthier.engine.fast;

import ai.luthier.engine.model.RotaryTable;
import ai.luthier.engine.model.Rows;
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
 * @param outputs {@code [n]} ascending: the tokens whose hidden states are asked for
 * @param everywhere queries of all tokens
 * @param atOutputs queries of the outputs alone
 */
record Geometry(Tensor ids, Tensor outputs, RotaryTable keyTurn, Queries everywhere, Queries atOutputs) {

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

    /** Keys {@code [start, start + length)} of the matrix, and the queries that attend to them. */
    record Row(int start, int length, List<Block> blocks) {}

    /**
     * Queries {@code [from, from + size)} of the matrix of queries, in order; none sees more than the first {@code seen} keys
     * of its row.
     *
     * @param mask {@code [size·G, tail]}, added to the scores of the last {@code tail} of these keys: {@code -inf} where a
     *     query stands before a key
     */
    record Block(int from, int size, int seen, Tensor mask) {}

    static Geometry of(FrozenWeights weights, Rows rows, long[] outputs) {
        int[] positions = new int[rows.tokens()];
        int[] all = new int[rows.tokens()];
        for (int row = 0; row < rows.count(); row++) {
            for (int i = 0; i < rows.length(row); i++) {
                positions[rows.starts()[row] + i] = i;
                all[rows.starts()[row] + i] = rows.starts()[row] + i;
            }
        }
        int[] some = Arrays.stream(outputs).mapToInt(Math::toIntExact).toArray();
        return new Geometry(
                Tensors.ids(rows.ids()),
                Tensors.longs(outputs),
                weights.keyTurn(positions),
                queries(weights, rows, positions, all),
                queries(weights, rows, positions, some));
    }

    private static Queries queries(FrozenWeights weights, Rows rows, int[] positions, int[] tokens) {
        Dtype dtype = weights.dtype();
        int[] own = Arrays.stream(tokens).map(token -> positions[token]).toArray();
        RotaryTable turn = weights.queryTurn(own);
        int group = weights.group();
        Tensor triangle = mask(dtype, group, range(BLOCK), 1, BLOCK);
        List<Row> result = new ArrayList<>();
        int from = 0;
        for (int row = 0; row < rows.count(); row++) {
            int end = from;
            while (end < tokens.length && tokens[end] < rows.starts()[row + 1]) {
                end++;
            }
            List<Block> blocks = new ArrayList<>();
            for (int at = from; at < end; at += BLOCK) {
                int size = Math.min(BLOCK, end - at);
                blocks.add(block(dtype, group, triangle, at, Arrays.copyOfRange(own, at, at + size)));
            }
            if (!blocks.isEmpty()) {
                result.add(new Row(rows.starts()[row], rows.length(row), blocks));
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
