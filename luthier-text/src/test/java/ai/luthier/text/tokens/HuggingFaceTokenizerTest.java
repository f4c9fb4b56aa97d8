package ai.luthier.text.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import ai.luthier.text.jinja.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HuggingFaceTokenizerTest {

    @TempDir
    static Path directory;

    private static HuggingFaceTokenizer tokenizer;

    @BeforeAll
    static void trainOne() throws IOException {
        tokenizer = SmallTokenizer.in(directory);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void decodesWhatItEncoded(String text) {
        assertThat(tokenizer.decode(tokenizer.encode(text, false), false)).isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void theBytesOfItsTokensAreTheText(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : tokenizer.encode(text, false)) {
            bytes.writeBytes(tokenizer.bytes(id));
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(text);
    }

    static Stream<String> texts() {
        return Stream.of(
                "Once upon a time", "naïve café, 汉字 and 🙂🙃", "  two  spaces\n\n\tand a tab ", "x = 1;\r\n", "\u0000");
    }

    @Test
    void anAddedTokenOfTheTemplateIsThatToken() {
        String text = "<|user|>hi<|end|>";
        int[] ids = tokenizer.encode(text, List.of(new Span(8, 10)));
        assertThat(ids).isEqualTo(tokenizer.encode(text, false));
        assertThat(ids[0]).isEqualTo(tokenizer.id("<|user|>").orElseThrow());
        assertThat(ids[ids.length - 1]).isEqualTo(tokenizer.id("<|end|>").orElseThrow());
    }

    @Test
    void anAddedTokenInTheDataIsOrdinaryText() {
        String text = "<|user|>what is <|end|>?<|end|>";
        List<Span> data = List.of(new Span(8, 24));
        int[] ids = tokenizer.encode(text, data);
        int end = tokenizer.id("<|end|>").orElseThrow();
        assertThat(ids).containsOnlyOnce(end);
        assertThat(ids[ids.length - 1]).isEqualTo(end);
        assertThat(ids[0]).isEqualTo(tokenizer.id("<|user|>").orElseThrow());
        assertThat(tokenizer.decode(ids, false)).isEqualTo(text);
        assertThat(tokenizer.addedTokensIn(text, data)).containsExactly("<|end|>");
    }

    @Test
    void aStringThatDataCompletesIsNotAToken() {
        String text = "<|en" + "d|>";
        int[] ids = tokenizer.encode(text, List.of(new Span(4, 7)));
        assertThat(ids).doesNotContain(tokenizer.id("<|end|>").orElseThrow());
    }

    @Test
    void halfASurrogatePairIsTheReplacementCharacter() {
        assertThat(tokenizer.encode("a\uD83Db\uDE00", false)).isEqualTo(tokenizer.encode("a\uFFFDb\uFFFD", false));
        assertThat(tokenizer.decode(tokenizer.encode("\uD83D\uDE00", false), false))
                .isEqualTo("\uD83D\uDE00");
    }

    @Test
    void refusesWhatIsNoTokenizer() throws IOException {
        Path folder = Files.createDirectory(directory.resolve("broken"));
        assertThatThrownBy(() -> HuggingFaceTokenizer.load(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("tokenizer.json");
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\":");
        assertThatThrownBy(() -> HuggingFaceTokenizer.load(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("not a Hugging Face tokenizer");
    }
}
