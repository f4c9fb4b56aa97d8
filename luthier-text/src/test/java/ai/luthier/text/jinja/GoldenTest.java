package ai.luthier.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Templates of our own, against what {@code tools/oracles/jinja_cases.py} had Python make of them. */
class GoldenTest {

    private static final Clock THAT_DAY = Clock.fixed(Instant.parse("2026-03-04T15:06:07Z"), ZoneOffset.UTC);

    @Test
    void everyTemplateGivesThePythonTextOrFailsWithThePythonError() throws Exception {
        JsonMapper json = JsonMapper.builder().build();
        JsonNode golden;
        try (InputStream in = Objects.requireNonNull(GoldenTest.class.getResourceAsStream("golden.json"))) {
            golden = json.readTree(in);
        }
        @SuppressWarnings("unchecked")
        Map<String, Object> variables = json.convertValue(golden.get("variables"), Map.class);
        List<String> failures = new ArrayList<>();
        for (JsonNode example : golden.get("cases")) {
            String template = example.get("template").asString();
            String expected = example.has("out")
                    ? example.get("out").asString()
                    : example.get("err").asString();
            String got = rendered(template, variables);
            if (!same(expected, got, example.has("err"))) {
                failures.add(template + "\n  expected " + expected + "\n  but got  " + got);
            }
        }
        assertThat(failures).isEmpty();
    }

    private static String rendered(String template, Map<String, Object> variables) {
        try {
            return JinjaTemplate.parse(template)
                    .render(variables, RenderSettings.standard().withClock(THAT_DAY))
                    .text();
        } catch (JinjaException e) {
            return e.kind() + ": " + e.message();
        }
    }

    /** Syntax errors agree in kind; their wording is ours where it says more. */
    private static boolean same(String expected, String got, boolean error) {
        boolean syntax = error && expected.matches("(?s)(Template)?(Syntax|Assertion|Runtime)Error:.*");
        return syntax ? got.matches("(?s)Template(Syntax|Assertion|Runtime)Error:.*") : got.equals(expected);
    }
}
