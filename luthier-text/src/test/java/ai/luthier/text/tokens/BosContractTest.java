package ai.luthier.text.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.text.data.CompletionExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No sequence begins with two BOS, in training or in serving, whoever writes it: the template, the tokenizer, or a user. */
class BosContractTest {

    @TempDir
    Path directory;

    @Test
    void chatRowsAndPromptsHaveAtMostOneBos() throws IOException {
        int rows = Combinations.forEach(directory, (name, encoder, sample, row) -> {
            int bos = bos(encoder.tokenizer());
            assertThat(leading(row.tokens().ids(), bos)).as(name).isLessThanOrEqualTo(1);
            assertThat(leading(encoder.prompt(sample.conversation()), bos))
                    .as(name)
                    .isLessThanOrEqualTo(1);
        });
        assertThat(rows).isGreaterThanOrEqualTo(30);
    }

    @Test
    void completionRowsHaveExactlyTheBosOfTheirTokenizer() throws IOException {
        for (Map.Entry<String, Path> vocabulary : RealTokenizers.present().entrySet()) {
            try (TextTokenizer tokenizer = HuggingFaceTokenizer.load(vocabulary.getValue())) {
                ExampleEncoder encoder = new ExampleEncoder(tokenizer, Optional.empty(), OptionalInt.of(2));
                int bos = bos(tokenizer);
                String written = bos >= 0 ? tokenizer.token(bos) : "";
                for (String prompt : new String[] {"Once", "", written + "Once"}) {
                    int[] ids = encoder.encode(new CompletionExample(1, prompt, " upon a time"))
                            .ids();
                    assertThat(leading(ids, bos))
                            .as(vocabulary.getKey() + prompt)
                            .isEqualTo(bos >= 0 ? 1 : 0);
                    assertThat(ids[ids.length - 1]).isEqualTo(2);
                    assertThat(leading(encoder.prompt(prompt), bos))
                            .as(vocabulary.getKey() + prompt)
                            .isLessThanOrEqualTo(1);
                }
            }
        }
    }

    /** What the tokenizer puts before a text; -1 for nothing. */
    private static int bos(TextTokenizer tokenizer) {
        int[] around = tokenizer.encode("", true);
        return around.length > 0 ? around[0] : -1;
    }

    private static int leading(int[] ids, int bos) {
        int count = 0;
        while (count < ids.length && ids[count] == bos) {
            count++;
        }
        return count;
    }
}
