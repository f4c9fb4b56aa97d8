package ai.luthier.text.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "<|im_end|>~#<|im_end|>~<|im_start|>user~x#<|im_end|>",
                "<|end|>~</s>#<|end|>~<|user|>~x#<|end|>",
                "<|end|></s>#<|end|><|user|>x#<|end|>",
                "</s>#</s><s>[INST] x#</s>",
                " </s>#</s>#</s>",
                "[/A][EOS]#[/A][INST]x#[/A]",
                "<|return|>#<|end|><|start|>#<|return|>",
                "<|END_RESPONSE|><|END_TURN|>#<|END_RESPONSE|><|END_TURN|><|START|>#<|END_RESPONSE|><|END_TURN|>",
                "}~</tool_call><|im_end|>~#}~</tool_call><|im_end|>~<|im_start|>#}~</tool_call><|im_end|>",
                "~~#~~### x#",
            })
    void aTurnEndsWithWhatEveryContinuationHas(String last, String continued, String expected) {
        String end = Texts.commonTurnEnd(last.replace('~', '\n'), continued.replace('~', '\n'));
        assertThat(end.strip()).isEqualTo(expected == null ? "" : expected.replace('~', '\n'));
    }

    @Test
    void oneTokenIsTheEndWhateverFollows() {
        for (String last : List.of("<|im_end|>\n", "</s>", " </s>", "<|eot_id|>", "\n", "", "word\n", "[/X]\n")) {
            assertThat(Texts.isOneToken(last)).as(last).isTrue();
            for (String continued :
                    List.of("", last, last + "x", "x", "<", "</", " ", "<|im_end|> ", "<|im_e|", "[/Y", "wo")) {
                assertThat(Texts.commonTurnEnd(last, continued))
                        .as(last + "|" + continued)
                        .isEqualTo(last.stripTrailing());
            }
        }
        assertThat(Texts.isOneToken("<|end|></s>")).isFalse();
        assertThat(Texts.isOneToken("<|end|>\n</s>")).isFalse();
    }

    @Test
    void onePieceMayBeLeftOut() {
        assertThat(Texts.isWithOnePieceLeftOut("ad", "abcd")).isTrue();
        assertThat(Texts.isWithOnePieceLeftOut("cd", "abcd")).isTrue();
        assertThat(Texts.isWithOnePieceLeftOut("abcd", "abcd")).isTrue();
        assertThat(Texts.isWithOnePieceLeftOut("bd", "abcd")).isFalse();
        assertThat(Texts.isWithOnePieceLeftOut("abxd", "abcd")).isFalse();
    }
}
