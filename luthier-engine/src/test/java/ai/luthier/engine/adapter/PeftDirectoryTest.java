package ai.luthier.engine.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import ai.luthier.engine.model.DecoderSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Directories as peft writes them with unusual settings: read as peft reads them, or refused with the reason. */
class PeftDirectoryTest {

    private static final DecoderSpec MODEL = DecoderSpec.llama(40, 16, 24, 2, 2, 1, 64);

    @TempDir
    Path folder;

    private Path directory;

    @BeforeEach
    void write() throws IOException {
        directory = folder.resolve("adapter");
        try (LoraAdapter adapter = LoraAdapter.fresh(MODEL, new LoraSpec(2, 4, List.of("q_proj", "down_proj")), 1)) {
            PeftDirectory.write(directory, adapter, new PeftDirectory.Base("base", "0".repeat(64), folder));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'use_dora':true | 'use_dora' is true, which this engine does not compute",
                "'rank_pattern':{'q_proj':2} | 'rank_pattern' is {\"q_proj\":2}",
                "'layers_to_transform':1 | 'layers_to_transform' is 1, which",
                "'modules_to_save':['lm_head'] | 'modules_to_save' is [\"lm_head\"]",
                "'alora_invocation_tokens':[1,2] | 'alora_invocation_tokens' is [1,2]",
                "'a_key_of_tomorrow':0.5 | 'a_key_of_tomorrow' is 0.5",
                "'init_lora_weights':'pissa' | 'init_lora_weights' is 'pissa', by which peft changes the base's own weights",
                "'init_lora_weights':'olora' | 'init_lora_weights' is 'olora'",
                "'target_modules':['q_proj'] | does not fit the base model: missing [], unknown [base_model.model.model.layers.0.mlp.down_proj.lora_A.weight, ",
                "'target_modules':['q_proj','down_proj','lm_head'] | no linear projection of this model is called 'lm_head'",
                "'lora_alpha':0 | an adapter needs rank ≥ 1, alpha > 0",
            })
    void whatIsComputedOtherwise_isRefused(String key, String message) throws IOException {
        configure(key);
        assertThatThrownBy(() -> PeftDirectory.read(directory, MODEL))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'rank_pattern':{},'alpha_pattern':{},'modules_to_save':null,'use_dora':false,'peft_version':'0.21.2'",
                "'init_lora_weights':'gaussian'",
                "'target_modules':'.*[qn]_proj'",
                "'target_modules':['model.layers.0.self_attn.q_proj','model.layers.1.self_attn.q_proj','down_proj']",
            })
    void whatIsTheSame_isRead(String key) throws IOException {
        configure(key);
        try (LoraAdapter adapter = PeftDirectory.read(directory, MODEL)) {
            assertThat(adapter.factors()).hasSize(4);
        }
    }

    @Test
    void aPickle_orNoFile_isRefused() throws IOException {
        Path weights = directory.resolve("adapter_model.safetensors");
        Files.move(weights, directory.resolve("adapter_model.bin"));
        assertThatThrownBy(() -> PeftDirectory.read(directory, MODEL))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("adapter_model.bin, a Python pickle");
        Files.delete(directory.resolve("adapter_model.bin"));
        assertThatThrownBy(() -> PeftDirectory.read(directory, MODEL))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("has no adapter_model.safetensors");
    }

    @Test
    void aConfigurationThatIsNoJson_isRefused() throws IOException {
        for (String text : List.of("{", "[]")) {
            Files.writeString(directory.resolve(PeftConfig.NAME), text);
            assertThatThrownBy(() -> PeftDirectory.baseName(directory))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("adapter_config.json: is not");
        }
    }

    /** Puts keys before the others; of two values for a key, the later one counts, so those that are there are taken out. */
    private void configure(String keys) throws IOException {
        Path file = directory.resolve(PeftConfig.NAME);
        String config = Files.readString(file);
        String given = keys.replace('\'', '"');
        String name = given.substring(0, given.indexOf(':'));
        String others = config.replaceAll("(?s)" + name + " : (\\[[^]]*]|[^,}\\n]*),?", "");
        Files.writeString(file, "{" + given + "," + others.substring(others.indexOf('{') + 1));
    }
}
