package ai.luthier.text.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddedTokenTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"<|im_end|>", "<tool_call>", "</think>", "<unused7>", "[INST]", "<start_of_turn>", "<|\"|>"})
    void whatControlsAModelIsControl(String content) {
        assertThat(new AddedToken(1, content, false, true).controls()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n\n", "\u2581\u2581", "\t\t\t", "    ", "<table>", "</h1>", "<blockquote>"})
    void piecesOfOrdinaryTextAreNot(String content) {
        assertThat(new AddedToken(1, content, false, true).controls()).isFalse();
        assertThat(new AddedToken(1, content, true, true).controls()).isTrue();
    }
}
