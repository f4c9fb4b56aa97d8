package ai.luthier.text.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.text.jinja.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The mask in tokens is the mask in text: no token more, none less. */
class TokenMaskTest {

    @TempDir
    Path directory;

    @Test
    void theLearntTokensSpellTheLearntText() throws IOException {
        int rows = Combinations.forEach(directory, (name, encoder, sample, row) -> {
            StringBuilder learnt = new StringBuilder();
            for (Span span : row.spans()) {
                learnt.append(row.text(), span.start(), span.end());
            }
            String spelled = spelled(encoder.tokenizer(), row.tokens());
            // A vocabulary that begins texts with a dummy space shows it where a piece begins.
            assertThat(spelled.replace(" ", ""))
                    .as(name)
                    .isEqualTo(learnt.toString().replace(" ", ""));
        });
        assertThat(rows).isGreaterThanOrEqualTo(30);
    }

    @Test
    void rowsWithoutSpecialStringsAndSplitsHaveTheIdsOfTheWholeText() throws IOException {
        int[] same = {0};
        Combinations.forEach(directory, (name, encoder, sample, row) -> {
            if (row.addedInData().isEmpty() && row.splits().isEmpty()) {
                assertThat(row.tokens().ids())
                        .as(name)
                        .isEqualTo(encoder.tokenizer().encode(row.text(), false));
                same[0]++;
            }
        });
        assertThat(same[0]).isGreaterThanOrEqualTo(25);
    }

    @Test
    void stringsOfSpecialTokensInTheContentAreReportedAndNeverBecomeThem() throws IOException {
        Combinations.forEach(directory, (name, encoder, sample, row) -> {
            TextTokenizer tokenizer = encoder.tokenizer();
            for (String written : row.addedInData()) {
                int id = tokenizer.id(written).orElseThrow();
                long inText = count(row.text(), written);
                long inData = row.addedInData().stream().filter(written::equals).count();
                long inIds =
                        Arrays.stream(row.tokens().ids()).filter(i -> i == id).count();
                assertThat(inIds).as(name + ": " + written).isEqualTo(inText - inData);
            }
        });
    }

    private static long count(String text, String part) {
        long count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    private static String spelled(TextTokenizer tokenizer, TokenizedExample row) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < row.ids().length; i++) {
            if (row.supervised()[i]) {
                int id = row.ids()[i];
                bytes.writeBytes(
                        tokenizer.specialIds().contains(id)
                                ? tokenizer.token(id).getBytes(StandardCharsets.UTF_8)
                                : tokenizer.bytes(id));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
