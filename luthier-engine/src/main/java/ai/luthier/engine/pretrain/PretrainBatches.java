package ai.luthier.engine.pretrain;

import ai.luthier.engine.model.Rows;
import ai.luthier.engine.pretrain.NextTokenLoss.Targets;
import ai.luthier.engine.pretrain.PretrainCheckpoint.Position;
import ai.luthier.text.corpus.TokenRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Which rows each step takes: all of them once an epoch, in an order that follows from the seed and the epoch alone. */
final class PretrainBatches {

    /**
     * One step's rows.
     *
     * @param after the position once the step is done
     */
    record Batch(Rows rows, Targets targets, Position after) {}

    private final TokenRows training;
    private final PretrainRecipe recipe;
    private int orderedEpoch = -1;
    private int[] order = {};

    PretrainBatches(TokenRows training, PretrainRecipe recipe) {
        this.training = training;
        this.recipe = recipe;
    }

    /** The batch that begins at the position. */
    Batch at(Position position) {
        int[] rows = order(position.epoch());
        var taken = new ArrayList<short[]>();
        int tokens = 0;
        int next = position.row();
        while (next < rows.length) {
            short[] row = training.rows().get(rows[next]);
            short[] cut = row.length > recipe.context() ? Arrays.copyOf(row, recipe.context()) : row;
            if (tokens + cut.length > recipe.tokensPerStep()) {
                break;
            }
            taken.add(cut);
            tokens += cut.length;
            next++;
        }
        boolean last = next == rows.length;
        var after = new Position(
                position.step() + 1,
                last ? position.epoch() + 1 : position.epoch(),
                last ? 0 : next,
                position.tokens() + tokens);
        return batch(taken, after);
    }

    /** The rows side by side, every learnt token but a row's first as the target of the position before it. */
    static Batch batch(List<short[]> rows, Position after) {
        var ids = new ArrayList<int[]>();
        var positions = new ArrayList<Integer>();
        var tokens = new ArrayList<Integer>();
        int start = 0;
        for (short[] row : rows) {
            var plain = new int[row.length];
            for (int i = 0; i < row.length; i++) {
                plain[i] = TokenRows.id(row[i]);
                if (i > 0 && TokenRows.learnt(row[i])) {
                    positions.add(start + i - 1);
                    tokens.add(plain[i]);
                }
            }
            ids.add(plain);
            start += row.length;
        }
        var targets = new Targets(
                positions.stream().mapToInt(Integer::intValue).toArray(),
                tokens.stream().mapToInt(Integer::intValue).toArray());
        return new Batch(Rows.of(ids), targets, after);
    }

    private int[] order(int epoch) {
        if (epoch != orderedEpoch) {
            order = shuffled(training.rows().size(), new Random(31 * recipe.seed() + epoch));
            orderedEpoch = epoch;
        }
        return order;
    }

    private static int[] shuffled(int size, Random random) {
        var order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
