package ai.luthier.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.text.chat.ChatTemplate;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OllamaTemplateTest {

    private static final String CHATML =
            "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}"
                    + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    @Test
    void rolesAroundContents_becomeARange() {
        OllamaTemplate template = translated(CHATML).orElseThrow();

        assertThat(template.system()).isEmpty();
        assertThat(template.go())
                .startsWith(
                        "{{- range .Messages }}{{- if eq .Role \"system\" }}{{ \"<|im_start|>system\\n\" }}{{ .Content }}")
                .contains("{{- else if eq .Role \"user\" }}")
                .doesNotContain("m4rk");
    }

    @Test
    void aStandingSystemMessage_isSaidApart() {
        String standing =
                "{% if messages[0].role != 'system' %}{{ '<|im_start|>system\\nBe kind.<|im_end|>\\n' }}{% endif %}"
                        + CHATML;

        assertThat(translated(standing).orElseThrow().system()).hasValue("Be kind.");
    }

    @Test
    void aTokenBeforeEverything_staysThere() {
        assertThat(translated("{{ bos_token }}" + CHATML).orElseThrow().go()).startsWith("{{ \"<s>\" }}{{- range");
    }

    @Test
    void whatMovesOrRewritesMessages_hasNoCounterpart() {
        assertThat(translated("{% for m in messages %}{% if not loop.last and m.role == 'assistant' %}(gone){% else %}"
                        + "<{{ m.role }}>{{ m.content }}{% endif %}{% endfor %}<assistant>"))
                .isEmpty();
        assertThat(translated("{{ messages[-1].content }}")).isEmpty();
        assertThat(translated(
                        "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}" + CHATML))
                .isEmpty();
    }

    private static Optional<OllamaTemplate> translated(String jinja) {
        return OllamaTemplate.of(ChatTemplate.of(jinja, Map.of("bos_token", "<s>")));
    }
}
