package ai.luthier.text.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ids of our own sentences, against those of transformers ({@code tools/oracles/tokenizer_ids.py}). */
class TokenizerIdsTest {

    @Test
    void everyVocabularyGivesTheIdsOfTransformers() throws IOException {
        JsonNode golden;
        try (InputStream in = Objects.requireNonNull(TokenizerIdsTest.class.getResourceAsStream("ids.json"))) {
            golden = JsonMapper.shared().readTree(in);
        }
        List<String> failures = new ArrayList<>();
        Map<String, Path> present = RealTokenizers.present();
        present.keySet().removeIf(name -> !golden.get("ids").has(name));
        Assumptions.assumeFalse(present.isEmpty(), "none of the vocabularies is on this machine");
        int compared = 0;
        for (Map.Entry<String, Path> vocabulary : present.entrySet()) {
            JsonNode ids = golden.get("ids").get(vocabulary.getKey());
            try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(vocabulary.getValue())) {
                for (int i = 0; i < golden.get("texts").size(); i++) {
                    String text = golden.get("texts").get(i).asString();
                    for (boolean special : new boolean[] {true, false}) {
                        compared++;
                        String expected = ids.get(i).get(special ? 0 : 1).toString();
                        String got = JsonMapper.shared().writeValueAsString(tokenizer.encode(text, special));
                        if (!got.equals(expected)) {
                            failures.add(vocabulary.getKey() + ", "
                                    + JsonMapper.shared().writeValueAsString(text) + ": expected " + expected
                                    + " but got " + got);
                        }
                    }
                }
            }
        }
        System.out.printf(
                "tokenizer parity: %d vocabularies %s, %d encodings, %d differences%n",
                present.size(), present.keySet(), compared, failures.size());
        assertThat(failures).isEmpty();
    }

    @Test
    void otherFormatsAreRefusedWithTheWayToConvertThem(@TempDir Path directory) throws IOException {
        Files.write(directory.resolve("tokenizer.model"), new byte[] {10, 14, 10, 5, '<', 'u', 'n', 'k', '>', 21});
        assertThatThrownBy(() -> HuggingFaceTokenizer.load(directory))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("SentencePiece")
                .hasMessageContaining("save_pretrained");
        Files.writeString(directory.resolve("tokenizer.model"), "IQ== 0\nIg== 1\n");
        assertThatThrownBy(() -> HuggingFaceTokenizer.load(directory)).hasMessageContaining("tiktoken");
        Files.delete(directory.resolve("tokenizer.model"));
        assertThatThrownBy(() -> HuggingFaceTokenizer.load(directory)).hasMessageContaining("tokenizer.json");
    }
}
