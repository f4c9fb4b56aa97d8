package ai.luthier.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DuplicateRowsTest {

    @Test
    void namesTheFirstLine() {
        Random random = new Random(3);
        long[] hashes = random.longs(50_000)
                .map(value -> (value % 20_000) * 0x9E3779B97F4A7C15L)
                .toArray();
        DuplicateRows rows = new DuplicateRows();
        for (long hash : hashes) {
            rows.add(hash);
        }
        Map<Long, Integer> first = new HashMap<>();
        int repeats = 0;
        for (int i = 0; i < hashes.length; i++) {
            repeats += first.putIfAbsent(hashes[i], i + 1) == null ? 0 : 1;
        }
        assertThat(rows.endOfFirstPass()).isEqualTo(repeats).isPositive();
        for (int i = 0; i < hashes.length; i++) {
            int expected = first.getOrDefault(hashes[i], 0);
            assertThat(rows.firstLineOf(hashes[i], i + 1)).isEqualTo(expected == i + 1 ? 0 : expected);
        }
    }

    @Test
    void hashesOfNearlyEqualRowsDiffer() {
        Set<Long> hashes = new HashSet<>();
        for (int length = 0; length < 200; length++) {
            byte[] bytes = "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
            hashes.add(RowHash.of(bytes, 0, length));
            for (int bit = 0; bit < 8 * length; bit++) {
                bytes[bit / 8] ^= (byte) (1 << (bit % 8));
                hashes.add(RowHash.of(bytes, 0, length));
                bytes[bit / 8] ^= (byte) (1 << (bit % 8));
            }
        }
        int all = 0;
        for (int length = 0; length < 200; length++) {
            all += 1 + 8 * length;
        }
        assertThat(hashes.size()).isEqualTo(all);
    }

    @Test
    void whiteSpaceAroundARowDoesNotCount() {
        byte[] bytes = "  {\"a\": 1}\t \r".getBytes(StandardCharsets.UTF_8);
        assertThat(RowHash.of(bytes, 0, bytes.length)).isEqualTo(RowHash.of(bytes, 2, bytes.length - 3));
    }
}
