package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.text.tokens.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run reads from its files, by the base's template. */
class FileDataTest {

    @TempDir
    Path root;

    private Path base;
    private Path file;

    /** One token a byte, so texts can be read off the ids. */
    @BeforeEach
    void writeModelAndRows() throws IOException {
        base = ByteModel.write(root.resolve("base"), 64);
        file = Files.writeString(
                root.resolve("rows.jsonl"),
                "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\",\"content\":\"ho\"}]}\n"
                        .repeat(2));
    }

    @Test
    void turnsThatEndAtAStopToken_needNoWarning() throws IOException {
        assertThat(read(template("", "<|endoftext|>"), Instant.EPOCH).warnings())
                .isEmpty();
    }

    @Test
    void turnsThatEndWhereNobodyStops_areAWarningThatNamesTheToken() throws IOException {
        assertThat(read(template("", "!"), Instant.EPOCH).warnings())
                .singleElement()
                .asString()
                .contains("The answers of 2 of 2 rows end with a token at which generation does not stop")
                .contains("it stops at [0]");
    }

    @Test
    void templatesSeeTheMomentOfTheRun_whateverTheTimeIs() throws IOException {
        Path template = template("{{ strftime_now('%d.%m.%Y') }} ", "<|endoftext|>");
        RunData first = read(template, Instant.parse("2026-11-22T23:59:59Z"));
        RunData second = read(template, Instant.parse("2026-11-22T00:00:00Z"));
        assertThat(first.training().getFirst().ids())
                .isEqualTo(second.training().getFirst().ids());
        assertThat(text(first)).startsWith("22.11.2026 user");
        assertThat(text(read(template, Instant.EPOCH))).startsWith("01.01.1970 user");
    }

    private Path template(String head, String end) throws IOException {
        return Files.writeString(
                root.resolve("template.jinja"),
                head + "{% for m in messages %}{{ m.role }}:{{ m.content }}{% if m.role == 'assistant' %}" + end
                        + "{% endif %}{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}");
    }

    private String text(RunData data) {
        try (TextTokenizer tokenizer = ModelDirectory.open(base).tokenizer()) {
            return tokenizer.decode(data.training().getFirst().ids(), false);
        }
    }

    private RunData read(Path template, Instant now) {
        return new FileData(new RunSpec(
                        base,
                        "tiny",
                        Optional.of(template),
                        Optional.empty(),
                        file,
                        Optional.empty(),
                        4,
                        8,
                        1,
                        1,
                        1e-3,
                        0.1,
                        1.0,
                        0,
                        1,
                        RunSpec.Precision.FP32,
                        64,
                        Overlong.REFUSE,
                        50,
                        60,
                        1,
                        false,
                        TrainingPath.AUTO,
                        now))
                .read();
    }
}
