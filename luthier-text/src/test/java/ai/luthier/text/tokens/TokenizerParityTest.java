package ai.luthier.text.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.text.jinja.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Ids and texts of real vocabularies, against those of Hugging Face's own library. The vocabularies are not committed: put
 * them into {@code build/tokenizers/NAME} with the script {@code get} that lies beside the golden ids.
 */
class TokenizerParityTest {

    private static final Path GOLDEN =
            Path.of(System.getProperty("luthier.shared", "../shared"), "data/tokenizers/golden");

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "qwen2_5", "llama3_1", "mistral_nemo", "gemma2"})
    void idsAndTextsAreThoseOfTheReference(String name) throws IOException {
        Path directory = RealTokenizers.directory(name);
        Assumptions.assumeTrue(Files.exists(directory) && Files.exists(GOLDEN), () -> "no vocabulary at " + directory);
        JsonNode golden = JsonMapper.shared().readTree(GOLDEN.resolve(name + ".json"));
        List<String> failures = new ArrayList<>();
        int count = 0;
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            for (JsonNode example : golden.get("cases")) {
                count++;
                String text = example.get("text").asString();
                int[] ids = ints(example.get("ids"));
                check(failures, text, "ids", ids, tokenizer.encode(text, false));
                check(
                        failures,
                        text,
                        "ids around",
                        ints(example.get("ids_with_special")),
                        tokenizer.encode(text, true));
                check(failures, text, "decoded", example.get("decoded").asString(), tokenizer.decode(ids, false));
                check(
                        failures,
                        text,
                        "decoded without",
                        example.get("decoded_skip_special").asString(),
                        tokenizer.decode(ids, true));
                check(failures, text, "bytes", tokenizer.decode(ids, true), joined(tokenizer, ids));
                boolean plain = tokenizer.addedTokensIn(text, everything(text)).isEmpty();
                if (plain) {
                    check(failures, text, "ids as data", ids, tokenizer.encode(text, everything(text)));
                }
            }
        }
        System.out.printf("tokenizer %s: %d texts, %d differences%n", name, count, failures.size());
        assertThat(failures).isEmpty();
    }

    private static List<Span> everything(String text) {
        return text.isEmpty() ? List.of() : List.of(new Span(0, text.length()));
    }

    private static String joined(HuggingFaceTokenizer tokenizer, int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(tokenizer.bytes(id));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void check(List<String> failures, String text, String what, Object expected, Object got) {
        if (!java.util.Objects.deepEquals(expected, got)) {
            failures.add(what + " of " + JsonMapper.shared().writeValueAsString(text) + ": expected "
                    + JsonMapper.shared().writeValueAsString(expected) + " but got "
                    + JsonMapper.shared().writeValueAsString(got));
        }
    }

    private static int[] ints(JsonNode array) {
        return Stream.of(array)
                .flatMap(JsonNode::valueStream)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
