package ai.luthier.engine.fast;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.model.Rows;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PackedRowsTest {

    private static final int[] PROMPT = IntStream.range(100, 140).toArray();

    @Test
    void rowsThatBeginAlike_shareTheirBeginning_whereverTheyStand() {
        Rows rows = Rows.of(List.of(row(1, 2), new int[] {7, 8, 9}, row(1, 3, 4), row(5)));
        PackedRows packed = PackedRows.shared(rows);
        assertThat(packed.tokens()).isEqualTo(40 + 2 + 3 + 1 + 3);
        assertThat(packed.segments())
                .containsExactly(
                        new PackedRows.Segment(0, 0, 0, 40),
                        new PackedRows.Segment(0, 40, 40, 2),
                        new PackedRows.Segment(0, 40, 42, 3),
                        new PackedRows.Segment(0, 40, 45, 1),
                        new PackedRows.Segment(46, 0, 46, 3));
    }

    /** Two pairs of answers to prompts of their own, behind one system prompt: each pair's prompt once is worth more. */
    @Test
    void pairsBehindOneSystemPrompt_shareTheirOwnPrompts() {
        int[] one = IntStream.range(200, 250).toArray();
        int[] other = IntStream.range(300, 350).toArray();
        Rows rows = Rows.of(List.of(row(one, 1), row(one, 2), row(other, 1), row(other, 2, 3)));
        assertThat(PackedRows.shared(rows).tokens()).isEqualTo(2 * (40 + 50) + 5);
        Rows shortPrompts = Rows.of(List.of(row(1, 1), row(1, 2), row(2, 1), row(2, 2)));
        assertThat(PackedRows.shared(shortPrompts).tokens()).isEqualTo(40 + 4 * 2);
        Rows equal = Rows.of(List.of(row(1), row(1), row(1)));
        assertThat(PackedRows.shared(equal).tokens()).isEqualTo(41);
    }

    @Test
    void everyToken_liesWhereItsIdAndItsPositionAre() {
        Random random = new Random(4);
        for (int round = 0; round < 50; round++) {
            Rows rows = Rows.of(IntStream.range(0, 1 + random.nextInt(6))
                    .mapToObj(_ -> random.nextBoolean()
                            ? row(random.ints(random.nextInt(4), 0, 3).toArray())
                            : random.ints(1 + random.nextInt(30), 0, 3).toArray())
                    .toList());
            for (PackedRows packed : List.of(PackedRows.shared(rows), PackedRows.apart(rows))) {
                for (int row = 0; row < rows.count(); row++) {
                    for (int i = 0; i < rows.length(row); i++) {
                        int token = rows.starts()[row] + i;
                        assertThat(packed.ids()[packed.placeOf()[token]]).isEqualTo(rows.ids()[token]);
                        assertThat(packed.positions()[packed.placeOf()[token]]).isEqualTo(i);
                    }
                }
            }
        }
    }

    @Test
    void shortCommonBeginnings_areNotShared() {
        Rows rows = Rows.of(List.of(new int[] {1, 2, 3, 4}, new int[] {1, 2, 3, 5}));
        assertThat(PackedRows.shared(rows).tokens()).isEqualTo(8);
    }

    private static int[] row(int[] prompt, int... following) {
        return row(IntStream.concat(Arrays.stream(prompt), Arrays.stream(following))
                .toArray());
    }

    private static int[] row(int... following) {
        int[] row = Arrays.copyOf(PROMPT, PROMPT.length + following.length);
        System.arraycopy(following, 0, row, PROMPT.length, following.length);
        return row;
    }
}
