package ai.luthier.text.lines;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.jinja.RenderSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LineServiceTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static List<JsonNode> answers(byte[] input, LineAnswer answer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineService.serve(new ByteArrayInputStream(input), out, answer);
        byte[] bytes = out.toByteArray();
        for (byte b : bytes) {
            assertThat(b).as("answers are ASCII").isPositive();
        }
        return new String(bytes, StandardCharsets.US_ASCII)
                .lines()
                .map(JSON::readTree)
                .toList();
    }

    private static List<JsonNode> rendered(String template, boolean spans, String... lines) throws IOException {
        return answers(
                String.join("\n", lines).getBytes(StandardCharsets.UTF_8),
                new RenderLines(template, RenderSettings.standard(), spans));
    }

    @Test
    void everyLineGetsItsAnswer_whateverTheOthersAre() throws IOException {
        List<JsonNode> answers = rendered(
                "{{ x }}",
                false,
                "{\"x\": 1}",
                "",
                "no",
                "[]",
                "{\"x\": NaN, \"y\": -Infinity}",
                "{\"x\": " + "9".repeat(4000) + "}",
                "{\"x\": " + "[".repeat(100_000),
                "{\"x\": \"\\ud800 \\u0000 é\"}",
                "{\"x\": 1e400}",
                "{\"x\": 2}\r",
                "{\"x\": 3, \"x\": 4}");
        assertThat(answers).hasSize(11);
        assertThat(answers.stream().map(a -> a.has("text")).toList())
                .containsExactly(true, false, false, false, true, true, false, true, true, true, true);
        assertThat(answers.get(4).get("text").asString()).isEqualTo("nan");
        assertThat(answers.get(5).get("text").asString()).isEqualTo("9".repeat(4000));
        assertThat(answers.get(7).get("text").asString()).isEqualTo("\ud800 \u0000 é");
        assertThat(answers.get(8).get("text").asString()).isEqualTo("inf");
        assertThat(answers.get(10).get("text").asString()).isEqualTo("4");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() throws IOException {
        byte[] input = {'{', '"', (byte) 0xFF, '"', ':', '1', '}', '\n', '{', '}', '\n'};
        List<JsonNode> answers = answers(input, request -> Map.of("size", request.size()));
        assertThat(answers.get(0).get("error").asString()).contains("UTF-8");
        assertThat(answers.get(1).get("size").asInt()).isZero();
    }

    @Test
    void aLineThatNeverEndsIsDroppedWithoutBeingKept() throws IOException {
        InputStream endless = new InputStream() {
            private long left = LineService.MAX_LINE + 100_000L;

            @Override
            public int read() {
                left--;
                return left < 0 ? -1 : left == 9 ? '\n' : left < 9 ? "{\"x\": 1} ".charAt(8 - (int) left) : 'a';
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                int count = 0;
                for (int b = 0; count < length && (b = read()) >= 0; count++) {
                    bytes[offset + count] = (byte) b;
                }
                return count == 0 ? -1 : count;
            }
        };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineService.serve(endless, out, request -> Map.of("seen", request));
        List<String> lines = out.toString(StandardCharsets.US_ASCII).lines().toList();
        assertThat(lines.get(0)).contains("longer than");
        assertThat(lines.get(1)).isEqualTo("{\"seen\":{\"x\":1}}");
    }

    @Test
    void failuresOfEveryKindAreAnswers() throws IOException {
        List<RuntimeException> failures = new ArrayList<>(
                List.of(new UserError(ErrorCode.INVALID_VALUE, null, "refused"), new IllegalStateException("a fault")));
        List<JsonNode> answers = answers("{}\n{}\n{}\n".getBytes(StandardCharsets.UTF_8), request -> {
            if (failures.isEmpty()) {
                throw new StackOverflowError();
            }
            throw failures.removeFirst();
        });
        assertThat(answers.stream().map(a -> a.get("error").asString()).toList())
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo("refused"),
                        second -> assertThat(second).contains("a fault"),
                        third -> assertThat(third).contains("nests"));
    }

    private static final String CHAT =
            "{% for m in messages %}<{{ m.role }}>{{ m.content }}<end>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

    @Test
    void spansAreCodePoints_andWeightZeroIsNotLearnt() throws IOException {
        JsonNode answer = rendered(
                        CHAT,
                        true,
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"😀\"},{\"role\":\"assistant\",\"content\":\"a😀\"},"
                                + "{\"role\":\"assistant\",\"content\":\"b\",\"weight\":0},{\"role\":\"assistant\",\"content\":\"c\"}]}")
                .getFirst();
        String text = answer.get("text").asString();
        List<String> learnt = new ArrayList<>();
        for (JsonNode span : answer.get("spans")) {
            learnt.add(text.substring(
                    text.offsetByCodePoints(0, span.get(0).asInt()),
                    text.offsetByCodePoints(0, span.get(1).asInt())));
        }
        assertThat(learnt).containsExactly("a😀<end>", "c<end>");
    }

    @Test
    void whatCannotBeMarkedIsAnErrorWithTheReason() throws IOException {
        List<JsonNode> answers = rendered(
                "{% for m in messages %}{{ messages|length }}{{ m.content }}{% endfor %}",
                true,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}]}",
                "{\"messages\":3}",
                "{\"messages\":[3]}",
                "{}");
        assertThat(answers.get(0).get("error").asString()).contains("message 2 cannot be learnt");
        assertThat(answers).allSatisfy(answer -> assertThat(answer.has("error")).isTrue());
    }
}
