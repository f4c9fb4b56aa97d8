package ai.luthier.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Templates drawn from a grammar and invented chat templates, against what {@code tools/oracles/jinja_grammar.py} saw. */
class GrammarTest {

    private static final RenderSettings SETTINGS =
            RenderSettings.standard().withClock(Clock.fixed(Instant.parse("2026-03-04T15:06:07Z"), ZoneOffset.UTC));

    private final List<String> failures = new ArrayList<>();
    private int texts;
    private int errors;

    @Test
    void everyTemplateGivesThePythonTextOrFailsWherePythonFails() throws Exception {
        JsonNode golden;
        try (InputStream in = Objects.requireNonNull(GrammarTest.class.getResourceAsStream("grammar.json"))) {
            golden = JsonMapper.shared().readTree(in);
        }
        Map<String, Object> variables = variables(golden.get("variables"));
        for (JsonNode example : golden.get("cases")) {
            compare(example.get(0).asString(), example, variables);
        }
        JsonNode conversations = golden.get("conversations");
        int at = 0;
        for (JsonNode example : golden.get("rendered")) {
            String template = golden.get("chats").get(example.get(0).asInt()).asString();
            compare(template, example, variables(conversations.get(at++ % conversations.size())));
        }
        System.out.printf(
                "jinja grammar: %d texts and %d errors of Python; %d differ%n", texts, errors, failures.size());
        assertThat(failures).isEmpty();
        assertThat(texts).isGreaterThan(500);
        assertThat(errors).isGreaterThan(400);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> variables(JsonNode node) {
        return JsonMapper.shared().convertValue(node, Map.class);
    }

    private void compare(String template, JsonNode example, Map<String, Object> variables) {
        String expected = example.get(example.size() - 1).asString();
        boolean fails = example.size() == 3;
        texts += fails ? 0 : 1;
        errors += fails ? 1 : 0;
        try {
            String got =
                    JinjaTemplate.parse(template).render(variables, SETTINGS).text();
            if (fails || !got.equals(expected)) {
                failures.add(template + "\n  expected " + expected + "\n  but got  " + got);
            }
        } catch (JinjaException e) {
            if (!fails) {
                failures.add(template + "\n  expected " + expected + "\n  but got  " + e.getMessage());
            }
        }
    }

    @Test
    void aBodyDoesNotSeeWhatTheOneAroundItAssignsLater() {
        assertThat(render("{% for x in [1] %}[{{ tools }}]{% endfor %}{% set tools = 1 %}"))
                .isEqualTo("[]");
        assertThat(render("{{ tools }}{% for x in [1] %}[{{ tools }}]{% endfor %}{% set tools = 1 %}"))
                .isEqualTo("T[T]");
        assertThat(render("{% if none %}{% set tools = 1 %}{% endif %}{% for x in [1] %}[{{ tools }}]{% endfor %}"))
                .isEqualTo("[T]");
    }

    @Test
    void whatIsLeftToChanceIsRefused() {
        assertThat(render("{{ [7]|random }}{{ []|random }}")).isEqualTo("7");
        assertThatThrownBy(() -> render("{{ [1, 2]|random }}"))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining("line 1")
                .hasMessageContaining("the same text each time");
        assertThatThrownBy(() -> render("{{ lipsum() }}")).hasMessageContaining("the same text each time");
    }

    private static String render(String template) {
        return JinjaTemplate.parse(template)
                .render(Map.of("tools", "T"), SETTINGS)
                .text();
    }
}
