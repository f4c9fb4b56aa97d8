package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Contract 7: a row over the limit fails with its line and its length; where truncation is asked for it is cut at its end, and
 * a row that then has nothing supervised does not train.
 */
@Tag("contract")
class TruncationContractTest {

    private static final int LIMIT = 12;

    @TempDir
    Path root;

    private Path base;
    private Path file;

    /** One token a byte, so lengths can be read off the texts; a completion is followed by the end of text. */
    @BeforeEach
    void writeModelAndRows() throws IOException {
        base = ByteModel.write(root.resolve("base"), 64);
        file = root.resolve("rows.jsonl");
        Files.writeString(file, """
                {"prompt": "1+1=", "completion": "2"}
                {"prompt": "count", "completion": "one two three"}

                {"prompt": "a prompt that is long", "completion": "short"}
                {"prompt": "2+2=", "completion": "4"}
                """);
    }

    @Test
    void overlongRows_failTheRun_withEveryLineAndLength_andTheWayOut() {
        assertThatThrownBy(() -> new FileData(spec(Overlong.REFUSE)).read())
                .isInstanceOfSatisfying(UserError.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TRAINING_FILE);
                    assertThat(e.param()).contains("training_file");
                })
                .hasMessageContaining("2 rows have more than 12 tokens")
                .hasMessageContaining("line 2 (19 tokens)")
                .hasMessageContaining("line 4 (27 tokens)")
                .hasMessageContaining("truncate");
        assertThat(root.resolve("adapter")).doesNotExist();
    }

    @Test
    void truncation_cutsAtTheEnd_andLeavesOutWhatIsNotLearnt() {
        RunData data = new FileData(spec(Overlong.TRUNCATE)).read();
        assertThat(data.training()).extracting(row -> row.ids().length).containsExactly(6, LIMIT, 6);
        TokenizedExample cut = data.training().get(1);
        assertThat(cut.supervisedCount()).isEqualTo(LIMIT - "count".length());
        assertThat(cut.supervised()[LIMIT - 1]).isTrue();
        assertThat(cut.ids()[LIMIT - 1]).as("the end of text is cut away too").isNotZero();
        assertThat(data.warnings())
                .anySatisfy(warning -> assertThat(warning).contains("line 2 (19 tokens)", "line 4 (27 tokens)"))
                .anySatisfy(warning -> assertThat(warning).contains("nothing in them is learnt: line 4"));
    }

    @Test
    void aTruncatedRun_trainsOnTheRestAndWarns() {
        List<RunEvent> events = new ArrayList<>();
        RunSpec spec = spec(Overlong.TRUNCATE);
        TrainingRun run = new TrainingRun(spec, root, new FileData(spec), events::add, WriteGate.OPEN, () -> false);
        assertThat(run.run()).isEqualTo(RunOutcome.FINISHED);
        assertThat(events).filteredOn(RunEvent.Warning.class::isInstance).hasSizeGreaterThanOrEqualTo(2);
        assertThat(events.getLast()).isEqualTo(new RunEvent.Finished(2, 6 + LIMIT + 6, "adapter"));
    }

    private RunSpec spec(Overlong overlong) {
        return new RunSpec(
                base,
                "tiny",
                Optional.empty(),
                Optional.empty(),
                file,
                Optional.empty(),
                2,
                4,
                1,
                2,
                1e-3,
                0,
                1.0,
                0,
                42,
                RunSpec.Precision.FP32,
                LIMIT,
                overlong,
                50,
                60,
                1,
                false,
                TrainingPath.AUTO,
                Instant.EPOCH);
    }
}
