package ai.luthier.text.bpe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.luthier.text.bpe.BpeVocabulary.Merge;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpeTest {

    private static final List<String> SPECIAL = List.of("<|endoftext|>", "<|user|>", "<|end|>");

    private static final List<String> TEXTS = List.of(
            "Once upon a time, there was a little hen. The hen's friend, a duck, didn't know; they'll see, we've said!",
            "Numbers 12345 and 6.7e-8, x=f(y)[0]; // code\n\tindented\r\n\r\n   spaces   at the end   ",
            "Größe, naïve café, “quoted” – dash… Ελληνικά, русский, 中文字符, ひらがな, 한국어, عربى",
            "\u00a0no-break\u2003em space\u3000wide\u0085next line \uD83D\uDE00\uD83D\uDC69\u200D\uD83D\uDE80 e\u0301",
            "<|user|> written as text <|end|><|endoftext|>",
            "",
            " ",
            "\n\n\n");

    private static BpeVocabulary trained(List<String> texts, int size) {
        var trainer = new BpeTrainer(size, SPECIAL);
        texts.forEach(trainer::count);
        return trainer.train();
    }

    private static BpeVocabulary vocabulary() {
        var texts = new ArrayList<>(TEXTS);
        texts.addAll(Collections.nCopies(20, TEXTS.getFirst()));
        return trained(texts, 400);
    }

    @Test
    void mergesTheMostFrequentPairFirst_tiesByTheSmallerIds() {
        BpeVocabulary vocabulary = trained(List.of("ab ab ab cd cd cd ce ce"), 3 + 256 + 3);

        // " ab" and " cd": pairs "ab" 3, "cd" 3, " c" 4 (cd twice, ce twice), " a" 2.
        assertThat(vocabulary.tokens().subList(259, 262)).containsExactly("Ġc", "ab", "Ġcd");
    }

    @Test
    void decodesToTheSameText() {
        var encoder = new BpeEncoder(vocabulary());
        for (String text : TEXTS) {
            assertThat(encoder.decode(encoder.encode(text))).isEqualTo(text);
        }
    }

    @Test
    void resultDependsOnTheTextAlone_notOnItsOrder() {
        var texts = new ArrayList<>(TEXTS);
        BpeVocabulary first = trained(texts, 330);
        Collections.shuffle(texts, new Random(7));

        assertThat(trained(texts, 330)).isEqualTo(first);
    }

    @Test
    void stopsWhereNothingIsLeftToMerge() {
        assertThat(trained(List.of("aa"), 1000).merges()).containsExactly(new Merge(3 + 'a', 3 + 'a'));
    }

    @Test
    void refusesAVocabularyThatCannotHoldTheBytes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BpeTrainer(200, SPECIAL))
                .withMessageContaining("at least 259");
    }

    @Test
    void encodesAsHuggingFaceTokenizersDo(@TempDir Path folder) throws Exception {
        BpeVocabulary vocabulary = vocabulary();
        TokenizerFiles.write(folder, vocabulary, "<|endoftext|>", 2048, "{{ messages }}");
        var encoder = new BpeEncoder(vocabulary);
        try (var reference = HuggingFaceTokenizer.newInstance(
                folder.resolve("tokenizer.json"), Map.of("truncation", "false", "padding", "false"))) {
            for (String text : TEXTS) {
                if (!text.contains("<|")) {
                    assertThat(encoder.encode(text))
                            .as(text)
                            .isEqualTo(
                                    toInts(reference.encode(text, true, false).getIds()));
                }
            }
            assertThat(reference.encode("<|user|>hen<|end|>", true, false).getIds()[0])
                    .isEqualTo(vocabulary.special("<|user|>"));
        }
    }

    @Test
    void readsBackWhatItWrites(@TempDir Path folder) throws Exception {
        BpeVocabulary vocabulary = vocabulary();
        TokenizerFiles.write(folder, vocabulary, "<|endoftext|>", 2048, "{{ messages }}");

        assertThat(TokenizerFiles.read(folder)).isEqualTo(vocabulary);
        assertThat(Files.readString(folder.resolve("chat_template.jinja"))).isEqualTo("{{ messages }}");
    }

    private static int[] toInts(long[] ids) {
        var ints = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ints[i] = (int) ids[i];
        }
        return ints;
    }
}
