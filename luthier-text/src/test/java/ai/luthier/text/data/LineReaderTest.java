package ai.luthier.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {

    @Test
    void endsOfLines() throws IOException {
        assertThat(read("a\nbb\r\n\r\nc", 10)).containsExactly("1:a", "2:bb", "3:", "4:c");
        assertThat(read("a\n", 10)).containsExactly("1:a");
        assertThat(read("\n\n", 10)).containsExactly("1:", "2:");
        assertThat(read("", 10)).isEmpty();
        assertThat(read("a\rb\n", 10)).containsExactly("1:a\rb");
    }

    @Test
    void byteOrderMarkIsNoPartOfTheFirstLine() throws IOException {
        assertThat(read("\uFEFFa\n\uFEFFb", 10)).containsExactly("1:a", "2:\uFEFFb");
        assertThat(read("\uFEFF", 10)).containsExactly("1:");
    }

    @Test
    void linesAboveTheLimitAreSkippedAndMeasured() throws IOException {
        assertThat(read("aaaa\naaaaa\naaaaaa\naaaaaaaaaaaaaaaaaaaaaaa\r\nb", 5))
                .containsExactly("1:aaaa", "2:aaaaa", "3:<6>", "4:<23>", "5:b");
        assertThat(read("aaaaa\r\naaaaaa\r\naaaaaaaaaaaa", 5)).containsExactly("1:aaaaa", "2:<6>", "3:<12>");
    }

    /** Against String.split, with reads of every size, so that lines straddle the buffer in all ways. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 5000})
    void agreesWithSplitting(int mostPerRead) throws IOException {
        Random random = new Random(mostPerRead);
        for (int round = 0; round < 200; round++) {
            StringBuilder text = new StringBuilder();
            for (int line = random.nextInt(12); line >= 0; line--) {
                text.append("x".repeat(random.nextInt(12))).append(random.nextInt(4) == 0 ? "\r\n" : "\n");
            }
            text.append('y');
            int limit = 1 + random.nextInt(12);
            List<String> expected = new ArrayList<>();
            for (String line : text.toString().split("\r?\n", -1)) {
                expected.add((expected.size() + 1) + ":" + (line.length() > limit ? "<" + line.length() + ">" : line));
            }
            InputStream slow = dripping(text.toString(), mostPerRead, random);
            assertThat(read(slow, limit)).as("limit %d of %s", limit, text).isEqualTo(expected);
        }
    }

    private static InputStream dripping(String text, int most, Random random) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                return super.read(bytes, offset, Math.min(length, 1 + random.nextInt(most)));
            }
        };
    }

    private static List<String> read(String text, int limit) throws IOException {
        return read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), limit);
    }

    private static List<String> read(InputStream in, int limit) throws IOException {
        List<String> lines = new ArrayList<>();
        try (LineReader reader = new LineReader(in, limit)) {
            while (reader.next()) {
                String text = new String(
                        reader.bytes(), reader.start(), reader.end() - reader.start(), StandardCharsets.UTF_8);
                lines.add(reader.number() + ":" + (reader.overlong() ? "<" + reader.length() + ">" : text));
            }
        }
        return lines;
    }
}
