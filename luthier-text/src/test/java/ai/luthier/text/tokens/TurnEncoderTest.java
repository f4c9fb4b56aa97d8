package ai.luthier.text.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.text.jinja.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnEncoderTest {

    @TempDir
    Path directory;

    @Test
    void keepsTheIdsOfTheWholeTextWhereNoTokenStraddles() throws IOException {
        try (TextTokenizer tokenizer = SmallTokenizer.in(directory)) {
            String text = "<|user|>hello<|end|><|assistant|>Once upon a time<|end|>";
            int border = text.indexOf("Once");
            TurnEncoder.Encoded encoded = new TurnEncoder(tokenizer).encode(text, List.of(), List.of(border));
            assertThat(encoded.ids()).isEqualTo(tokenizer.encode(text, false));
            assertThat(encoded.splits()).isEmpty();
            assertThat(Arrays.copyOf(encoded.ids(), encoded.borders()[0]))
                    .isEqualTo(tokenizer.encode(text.substring(0, border), false));
        }
    }

    @Test
    void splitsATokenThatStraddlesTheBorderOfATurn() throws IOException {
        try (TextTokenizer tokenizer = SmallTokenizer.in(directory)) {
            // "hello" is one token; a border in its middle must fall between two.
            String text = "hello hello";
            TurnEncoder encoder = new TurnEncoder(tokenizer);
            TurnEncoder.Encoded row = encoder.encode(text, List.of(), List.of(8));
            TurnEncoder.Encoded prompt = encoder.encode(text.substring(0, 8), List.of(), List.of());
            assertThat(row.splits()).containsExactly(0);
            assertThat(row.borders()[0]).isEqualTo(prompt.ids().length);
            assertThat(Arrays.copyOf(row.ids(), row.borders()[0])).isEqualTo(prompt.ids());
            assertThat(tokenizer.decode(row.ids(), false)).isEqualTo(text);
        }
    }

    @Test
    void laterPromptsContinueEarlierSplits() throws IOException {
        try (TextTokenizer tokenizer = SmallTokenizer.in(directory)) {
            String text = "hello hello hello hello";
            TurnEncoder encoder = new TurnEncoder(tokenizer);
            TurnEncoder.Encoded row = encoder.encode(text, List.of(), List.of(8, 20));
            TurnEncoder.Encoded prompt = encoder.encode(text.substring(0, 20), List.of(), List.of(8));
            assertThat(Arrays.copyOf(row.ids(), row.borders()[1])).isEqualTo(prompt.ids());
        }
    }

    @Test
    void aContinuationOfALlamaTextHasNoDummySpace() {
        Path model = Path.of(System.getProperty("luthier.shared", "none"), "models", "stories15M");
        Assumptions.assumeTrue(Files.isDirectory(model), "needs ../shared/models/stories15M");
        try (TextTokenizer tokenizer = HuggingFaceTokenizer.load(model)) {
            TurnEncoder encoder = new TurnEncoder(tokenizer);
            int[] ids = encoder.continuation("time", List.of(new Span(0, 4)));
            assertThat(tokenizer.token(ids[0])).isEqualTo("time");
            assertThat(tokenizer.token(tokenizer.encode("time", false)[0])).isEqualTo("\u2581time");
            assertThat(tokenizer.encode("Once", true)[0])
                    .isEqualTo(tokenizer.id("<s>").orElseThrow());
        }
    }
}
