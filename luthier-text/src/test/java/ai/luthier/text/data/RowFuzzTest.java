package ai.luthier.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Broken rows of every sort: the scanner reports, never throws, and what it lets pass can be trained on. */
@Tag("fuzz")
class RowFuzzTest {

    private static final String[] SEEDS = {"""
        {"messages": [{"role": "system", "content": "S", "name": "n"}, {"role": "user", "content": "Zürich \\u00e9 \\"x\\""},
         {"role": "assistant", "content": "A", "weight": 0}, {"role": "assistant", "content": [{"type": "text", "text": "B"}, {"type": "refusal", "refusal": "C"}]}]}
        """, """
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}], "parallel_tool_calls": true,
         "messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "c", "type":
         "function", "function": {"name": "f", "arguments": "{\\"a\\": 1}"}}]}, {"role": "tool", "tool_call_id": "c", "content": "1"}]}
        """, """
        {"functions": [{"name": "f"}], "messages": [{"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}},
         {"role": "function", "name": "f", "content": null}]}
        """, "{\"prompt\": \"P\", \"completion\": \"C\"}", """
        {"input": {"messages": [{"role": "user", "content": "Hi"}], "tools": [], "parallel_tool_calls": true}, \
        "preferred_output": [{"role": "assistant", "content": "Hello."}], \
        "non_preferred_output": [{"role": "assistant", "content": "No."}]}"""};
    private static final String[] PIECES = {
        "null",
        "true",
        "0",
        "1",
        "-1.5e9",
        "\"\"",
        "\"x\"",
        "[]",
        "{}",
        "[[",
        "}",
        ",",
        ":",
        "\"role\"",
        "\"content\"",
        "\"messages\"",
        "\"assistant\"",
        "\"weight\"",
        "\u0000",
        "\uFFFF"
    };

    @Test
    void neverThrows_andWhatPassesCanBeRead() {
        Random random = new Random(20261122);
        int passed = 0;
        for (int round = 0; round < 20_000; round++) {
            String row = mutated(SEEDS[random.nextInt(SEEDS.length)].replace("\n", ""), random);
            byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
            List<Problem> problems = new ArrayList<>();
            RowProblems rows = new RowProblems(problems::add);
            rows.startRow(1);
            RowFacts facts = new RowScanner(rows, new UnknownKeys()).scan(bytes, 0, bytes.length);
            assertThat(rows.sound()).as(row).isEqualTo(problems.stream().noneMatch(Problem::isError));
            if (rows.sound()) {
                passed++;
                readable(row, bytes, facts);
            }
        }
        assertThat(passed).isGreaterThan(1_500);
    }

    /** Every prefix of a row is malformed, and is said to end in the middle. */
    @Test
    void everyPrefixIsMalformed() {
        for (String seed : SEEDS) {
            byte[] bytes = seed.strip().replace("\n", "").getBytes(StandardCharsets.UTF_8);
            for (int length = 1; length < bytes.length; length++) {
                byte[] prefix = Arrays.copyOf(bytes, length);
                if (Utf8.firstMalformed(prefix, 0, length) < 0) {
                    RowProblems rows = new RowProblems(problem -> {});
                    rows.startRow(1);
                    RowFacts facts = new RowScanner(rows, new UnknownKeys()).scan(prefix, 0, length);
                    assertThat(facts).isSameAs(RowFacts.BROKEN);
                    assertThat(rows.sound()).isFalse();
                }
            }
        }
    }

    /** A row of 8 MB that is nothing but keys: the parser's tables would outgrow a small heap. */
    @Test
    void rowOfKeysOnly_isRefused() {
        StringBuilder row = new StringBuilder("{\"messages\": []");
        for (int i = 0; i < 400_000; i++) {
            row.append(",\"").append(i).append("\":1");
        }
        byte[] bytes = row.append('}').toString().getBytes(StandardCharsets.UTF_8);
        List<Problem> problems = new ArrayList<>();
        RowProblems rows = new RowProblems(problems::add);
        rows.startRow(1);
        new RowScanner(rows, new UnknownKeys()).scan(bytes, 0, bytes.length);
        assertThat(problems.getLast().text())
                .isEqualTo(
                        "Line 1: The JSON is too deep or has too many parts for a row: Token count (300001) exceeds the maximum"
                                + " allowed (300000)");
    }

    private static void readable(String row, byte[] bytes, RowFacts facts) {
        Example example = ExampleReader.read(bytes, 0, bytes.length, 1);
        switch (example) {
            case ChatExample chat -> {
                assertThat(facts.format()).as(row).isEqualTo(TrainingFormat.CHAT);
                assertThat(chat.supervisedTurns().stream().filter(turn -> turn).count())
                        .as(row)
                        .isEqualTo(facts.supervised());
                for (Map<String, Object> message : chat.conversation().messages()) {
                    assertThat(message.get("content")).as(row).isInstanceOf(String.class);
                    assertThat(message.get("role")).as(row).isIn("system", "user", "assistant", "tool");
                }
            }
            case CompletionExample completion ->
                assertThat(facts.format()).as(row).isEqualTo(TrainingFormat.COMPLETION);
            case PreferenceExample pair -> {
                assertThat(facts.format()).as(row).isEqualTo(TrainingFormat.PREFERENCE);
                assertThat(pair.preferred().supervisedTurns()).as(row).containsSubsequence(false, true);
                assertThat(pair.nonPreferred().conversation().messages().getLast())
                        .as(row)
                        .containsEntry("role", "assistant");
            }
        }
    }

    private static String mutated(String seed, Random random) {
        StringBuilder row = new StringBuilder(seed);
        for (int change = random.nextInt(3); change > 0 && !row.isEmpty(); change--) {
            int at = random.nextInt(row.length());
            int end = Math.min(row.length(), at + random.nextInt(12));
            switch (random.nextInt(3)) {
                case 0 -> row.replace(at, end, PIECES[random.nextInt(PIECES.length)]);
                case 1 -> row.insert(at, PIECES[random.nextInt(PIECES.length)]);
                default -> row.delete(at, end);
            }
        }
        return row.isEmpty() ? " 1" : row.toString();
    }
}
