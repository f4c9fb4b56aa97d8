package ai.luthier.text.lines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.text.bpe.BpeTrainer;
import ai.luthier.text.bpe.TokenizerFiles;
import ai.luthier.text.tokens.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizeLinesTest {

    @Test
    void whatIsNoTextIsRefused(@TempDir Path directory) throws IOException {
        List<String> special = List.of("<|end|>");
        BpeTrainer trainer = new BpeTrainer(300, special);
        trainer.count("once upon a time there was a little dog");
        TokenizerFiles.write(directory, trainer.train(), special.getFirst(), 256, "{{ messages }}");
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            TokenizeLines lines = new TokenizeLines(tokenizer);
            assertThatThrownBy(() -> lines.to(Map.of("text", "a\ud800b"))).hasMessageContaining("ud800 at character 1");
            assertThatThrownBy(() -> lines.to(Map.of("text", "a\udc00\ud800"))).hasMessageContaining("surrogate");
            assertThatThrownBy(() -> lines.to(Map.of("text", 3))).hasMessageContaining("string");
            assertThatThrownBy(() -> lines.to(Map.of("text", "a", "add_special_tokens", 1)))
                    .hasMessageContaining("true or false");
            assertThat(lines.to(Map.of("text", "a😀\u0000b"))).containsKey("ids");
        }
    }
}
