package ai.luthier.api.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WireRecordsTest {

    private final JsonMapper json = JsonMapper.builder().build();

    private static FineTuningJob job() {
        return new FineTuningJob(
                "ftjob-1",
                1,
                null,
                null,
                "gpt-3.5-turbo-0613",
                null,
                "org-1",
                "validating_files",
                "file-1",
                null,
                List.of(),
                null,
                null,
                Hyperparameters.AUTO,
                FineTuningMethod.supervised(Hyperparameters.AUTO),
                42,
                null,
                null,
                JobExtension.NONE);
    }

    @Test
    void freshJob_writesRequiredFieldsAsNull_andAutoAsWord() {
        JsonNode tree = json.valueToTree(job());

        assertThat(tree.get("object").asString()).isEqualTo("fine_tuning.job");
        for (String required :
                List.of("error", "fine_tuned_model", "finished_at", "trained_tokens", "validation_file")) {
            assertThat(tree.has(required)).as(required).isTrue();
            assertThat(tree.get(required).isNull()).as(required).isTrue();
        }
        assertThat(tree.at("/hyperparameters/n_epochs").asString()).isEqualTo("auto");
        assertThat(tree.at("/method/supervised/hyperparameters/batch_size").asString())
                .isEqualTo("auto");
        assertThat(tree.at("/luthier/paused").asBoolean()).isFalse();
    }

    @Test
    void job_survivesTheWayThereAndBack() {
        assertThat(json.readValue(json.writeValueAsString(job()), FineTuningJob.class))
                .isEqualTo(job());
    }

    @Test
    void hyperparameters_readWordsAndNumbers_andFillGapsWithAuto() {
        Hyperparameters read =
                json.readValue("{\"n_epochs\":3,\"learning_rate_multiplier\":1.8}", Hyperparameters.class);

        assertThat(read).isEqualTo(new Hyperparameters(AutoOrNumber.of(3), AutoOrNumber.AUTO, AutoOrNumber.of(1.8)));
        assertThat(json.writeValueAsString(read.learningRateMultiplier())).isEqualTo("1.8");
        assertThatThrownBy(() -> json.readValue("\"three\"", AutoOrNumber.class))
                .hasMessageContaining("three");
    }

    @Test
    void file_leavesOutWhatItsSchemaDoesNotAllowToBeNull() {
        JsonNode tree =
                json.valueToTree(new FileObject("file-1", 3, 1, null, "a.jsonl", "fine-tune", "processed", null));

        assertThat(tree.has("expires_at")).isFalse();
        assertThat(tree.has("status_details")).isFalse();
        assertThat(tree.get("object").asString()).isEqualTo("file");
    }

    @Test
    void chunk_distinguishesUsageLeftOutFromUsageNull() {
        var choice = new ChatCompletionChunk.Choice(0, ChatCompletionChunk.Delta.NOTHING, null, "stop");

        JsonNode without = json.valueToTree(new ChatCompletionChunk("c", 1, "m", List.of(choice), null, "fp"));
        JsonNode asNull =
                json.valueToTree(new ChatCompletionChunk("c", 1, "m", List.of(choice), StreamUsage.PENDING, "fp"));
        JsonNode last = json.valueToTree(
                new ChatCompletionChunk("c", 1, "m", List.of(), new StreamUsage(new Usage(3, 4)), "fp"));

        assertThat(without.has("usage")).isFalse();
        assertThat(without.at("/choices/0/delta").isEmpty()).isTrue();
        assertThat(asNull.get("usage").isNull()).isTrue();
        assertThat(last.at("/usage/total_tokens").asInt()).isEqualTo(7);
    }

    @Test
    void emptyPage_hasIdsThatAreStrings() {
        JsonNode tree = json.valueToTree(ListPage.withIds(List.<FileObject>of(), false, FileObject::id));

        assertThat(tree.get("first_id").asString()).isEmpty();
        assertThat(tree.get("has_more").asBoolean()).isFalse();
        assertThat(json.valueToTree(ListPage.whole(List.of())).has("has_more")).isFalse();
    }

    @Test
    void messageEvent_carriesAnEmptyObject() {
        JsonNode tree = json.valueToTree(new JobEvent("ftevent-1", 1, "info", "Files validated", "message", Map.of()));

        assertThat(tree.get("data").isObject()).isTrue();
        assertThat(tree.get("data").isEmpty()).isTrue();
    }

    @Test
    void error_writesAllFourKeys() {
        JsonNode tree = json.valueToTree(ErrorBody.of("no", "invalid_request_error", null, null))
                .get("error");

        assertThat(tree.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
    }
}
