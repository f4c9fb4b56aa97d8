package ai.luthier.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real chat templates, against the text that Python's Jinja2 renders of them. */
class SharedCorpusTest {

    private static final Path FOLDER =
            Path.of(System.getProperty("luthier.shared", "../shared"), "data/chat_templates");
    private static final Clock THAT_DAY = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);
    private static final Set<String> REQUIRED = Set.of(
            "axo__chatml", "trl__llama3", "trl__llama3_1", "trl__qwen2_5", "trl__qwen3", "trl__gemma", "trl__phi3");

    @Test
    void everyTemplateRendersByteForByteAsPythonDoes() throws IOException {
        Assumptions.assumeTrue(Files.exists(FOLDER), () -> "no chat templates at " + FOLDER);
        JsonMapper json = JsonMapper.builder().build();
        List<String> failures = new ArrayList<>();
        Set<String> templates = new TreeSet<>();
        int count = 0;
        for (JsonNode example : json.readTree(FOLDER.resolve("cases.json")).get("cases")) {
            String name = example.get("t").asString();
            templates.add(name.replace(".jinja", ""));
            count++;
            String problem = problem(json, name, example);
            if (!problem.isEmpty()) {
                failures.add(name + " on " + example.get("conv").asString() + ": " + problem);
            }
        }
        System.out.printf(
                "chat templates: %d of %d cases equal, %d templates%n",
                count - failures.size(), count, templates.size());
        assertThat(failures).isEmpty();
        assertThat(templates).containsAll(REQUIRED);
    }

    private static String problem(JsonMapper json, String name, JsonNode example) throws IOException {
        @SuppressWarnings("unchecked")
        Map<String, Object> variables = json.convertValue(example.get("vars"), Map.class);
        String source = Files.readString(FOLDER.resolve(name));
        try {
            String got = JinjaTemplate.parse(source)
                    .render(variables, RenderSettings.standard().withClock(THAT_DAY))
                    .text();
            String expected =
                    example.get("out").isNull() ? null : example.get("out").asString();
            return got.equals(expected)
                    ? ""
                    : "expected\n" + (expected == null ? "error " + example.get("err") : expected) + "\nbut got\n"
                            + got;
        } catch (JinjaException e) {
            String expected =
                    example.get("err").isNull() ? "text" : example.get("err").asString();
            String got = e.kind() + ": " + e.message();
            return got.equals(expected) && e.line() > 0
                    ? ""
                    : "expected " + expected + " but failed with " + e.getMessage();
        }
    }
}
