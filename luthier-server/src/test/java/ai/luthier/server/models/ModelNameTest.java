package ai.luthier.server.models;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNameTest {

    @ParameterizedTest
    @CsvSource({
        "pirate, ft:gpt-4o-mini-2024-07-18:acme:pirate:Ab12Cd34",
        "My Model!, ft:gpt-4o-mini-2024-07-18:acme:my-model:Ab12Cd34",
        "a:b/c, ft:gpt-4o-mini-2024-07-18:acme:a-b-c:Ab12Cd34",
        "v1.5_x, ft:gpt-4o-mini-2024-07-18:acme:v1.5-x:Ab12Cd34",
        "!!!, ft:gpt-4o-mini-2024-07-18:acme::Ab12Cd34",
        ", ft:gpt-4o-mini-2024-07-18:acme::Ab12Cd34",
    })
    void looksLikeOpenAis(String suffix, String expected) {
        var name = ModelName.tuned("gpt-4o-mini-2024-07-18", "acme", suffix, "Ab12Cd34");
        assertThat(name).hasToString(expected);
        assertThat(ModelName.parse(expected)).contains(name);
    }

    @Test
    void aSnapshotHasItsOwnTail_andTheStep() {
        var snapshot = ModelName.tuned("davinci-002", "acme", "x", "AAAAAAAA").snapshot(101, "BBBBBBBB");
        assertThat(snapshot).hasToString("ft:davinci-002:acme:x:BBBBBBBB:ckpt-step-101");
        assertThat(ModelName.parse(snapshot.toString())).contains(snapshot);
    }

    @Test
    void tuningATunedModel_keepsTheFirstBase() {
        String second = ModelName.tuned("ft:davinci-002:acme:one:AAAAAAAA:ckpt-step-5", "acme", "two", "CCCCCCCC")
                .toString();
        assertThat(second).isEqualTo("ft:davinci-002:acme:two:CCCCCCCC");
        assertThat(ModelName.baseOf("davinci-002")).isEqualTo("davinci-002");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-4",
                "ft:gpt-3.5-turbo:org_id",
                "ft:a:b:c:d:e",
                "ft:a:b:c:d:ckpt-step-x",
                "ft:a:b:c:d:e:f",
                ""
            })
    void otherNamesAreNotOfFineTunedModels(String name) {
        assertThat(ModelName.parse(name)).isEmpty();
    }
}
