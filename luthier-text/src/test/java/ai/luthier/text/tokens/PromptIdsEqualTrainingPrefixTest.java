package ai.luthier.text.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.text.chat.Conversation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model is trained behind exactly the ids that it will be given: for every template, vocabulary and conversation. */
class PromptIdsEqualTrainingPrefixTest {

    @TempDir
    Path directory;

    @Test
    void theIdsBeforeEveryLearntAnswerAreThoseTheServerFeeds() throws IOException {
        int[] answers = {0};
        int rows = Combinations.forEach(directory, (name, encoder, sample, row) -> {
            int[] ids = row.tokens().ids();
            boolean[] supervised = row.tokens().supervised();
            int seen = 0;
            for (int message = 0; message < sample.supervised().size(); message++) {
                if (!sample.supervised().get(message)) {
                    continue;
                }
                Conversation before = new Conversation(
                        sample.conversation().messages().subList(0, message),
                        sample.conversation().tools(),
                        sample.conversation().variables());
                int[] prompt = encoder.prompt(before);
                assertThat(Arrays.copyOf(ids, prompt.length)).as(name).isEqualTo(prompt);
                assertThat(supervised[prompt.length])
                        .as(name + ": the first token of the answer")
                        .isTrue();
                assertThat(supervised[prompt.length - 1])
                        .as(name + ": the last token of the prompt")
                        .isFalse();
                assertThat(runs(supervised, 0, prompt.length)).as(name).isEqualTo(seen++);
                answers[0]++;
            }
            assertThat(runs(supervised, 0, supervised.length)).as(name).isEqualTo(seen);
        });
        System.out.printf("prompt ids equal the training prefix: %d answers in %d rows%n", answers[0], rows);
        assertThat(rows).isGreaterThanOrEqualTo(30);
    }

    private static int runs(boolean[] flags, int from, int to) {
        int runs = 0;
        for (int i = from; i < to; i++) {
            runs += flags[i] && (i == from || !flags[i - 1]) ? 1 : 0;
        }
        return runs;
    }
}
