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

/** Thousands of small templates, against what {@code tools/oracles/jinja_idioms.py} had Python make of them. */
class IdiomsTest {

    private static final RenderSettings SETTINGS =
            RenderSettings.standard().withClock(Clock.fixed(Instant.parse("2026-03-04T15:06:07Z"), ZoneOffset.UTC));

    @Test
    void everyIdiomGivesThePythonTextOrFailsAsPythonDoes() throws Exception {
        JsonNode golden;
        try (InputStream in = Objects.requireNonNull(IdiomsTest.class.getResourceAsStream("idioms.json"))) {
            golden = JsonMapper.shared().readTree(in);
        }
        @SuppressWarnings("unchecked")
        Map<String, Object> variables = JsonMapper.shared().convertValue(golden.get("variables"), Map.class);
        List<String> failures = new ArrayList<>();
        int texts = 0;
        int errors = 0;
        int sameMessages = 0;
        for (JsonNode example : golden.get("cases")) {
            String template = example.get(0).asString();
            String expected = example.get(example.size() - 1).asString();
            boolean fails = example.size() == 3;
            texts += fails ? 0 : 1;
            errors += fails ? 1 : 0;
            String got;
            try {
                got = JinjaTemplate.parse(template).render(variables, SETTINGS).text();
                if (fails || !got.equals(expected)) {
                    failures.add(template + "\n  expected " + expected + "\n  but got  " + got);
                }
            } catch (JinjaException e) {
                got = e.kind() + ": " + e.message();
                sameMessages += got.equals(expected) ? 1 : 0;
                if (!fails || !kind(expected).equals(kind(got)) || e.line() < 1) {
                    failures.add(template + "\n  expected " + expected + "\n  but got  " + e.getMessage());
                }
            }
        }
        System.out.printf(
                "jinja idioms: %d texts and %d errors of Python, %d of these word for word; %d differ%n",
                texts, errors, sameMessages, failures.size());
        assertThat(failures).isEmpty();
        assertThat(texts).isGreaterThan(2000);
        assertThat(errors).isGreaterThan(500);
    }

    /** The kind of Python's exception; what is no template has one kind, whichever of Jinja's says so. */
    private static String kind(String error) {
        String kind = error.substring(0, error.indexOf(':'));
        return kind.matches("(Template)?(Syntax|Assertion|Runtime)Error") ? "TemplateSyntaxError" : kind;
    }
}
