package ai.luthier.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.LayerSpec;
import ai.luthier.engine.model.RopeScaling;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keys that are missing, null, old or contradict each other mean what they mean to transformers, by which every expectation
 * here was found out, or are refused.
 */
class UnusualConfigurationsTest {

    private static final String SIZES = "'vocab_size':80,'hidden_size':32,'intermediate_size':48,'num_hidden_layers':4,"
            + "'num_attention_heads':4,'num_key_value_heads':2,'max_position_embeddings':64,";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // a missing window is the family's own, a null one is none
                "mistral | 'rms_norm_eps':1e-6 | 4096 4096 4096 4096",
                "mistral | 'sliding_window':null | 0 0 0 0",
                "qwen2 | 'use_sliding_window':true,'max_window_layers':2 | 0 0 4096 4096",
                "qwen2 | 'use_sliding_window':true,'max_window_layers':2,'sliding_window':null | 0 0 0 0",
                "phi3 | 'rms_norm_eps':1e-6 | 0 0 0 0",
                "gemma2 | 'head_dim':8 | 4096 0 4096 0",
                // the types of layers decide where both are there
                "smollm3 | 'use_sliding_window':false,'sliding_window':5,'layer_types':['sliding_attention','full_attention','full_attention','full_attention'] | 5 0 0 0",
                "smollm3 | 'use_sliding_window':true,'sliding_window':5 | 0 0 0 5",
                "gemma3_text | 'sliding_window':5,'sliding_window_pattern':2 | 5 0 5 0",
                "gemma3_text | 'sliding_window':5,'_sliding_window_pattern':2 | 5 5 5 5",
            })
    void windows(String family, String keys, String windows) {
        String found = spec(family, keys).eachLayer().stream()
                .map(LayerSpec::window)
                .map(String::valueOf)
                .reduce((a, b) -> a + " " + b)
                .orElseThrow();
        assertThat(found).isEqualTo(windows);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "gemma2 | 'final_logit_softcapping':0.0 | 'final_logit_softcapping' must be positive, or null where nothing is capped, not 0.0",
                "gemma2 | 'sliding_window':null | layers have sliding_attention, but 'sliding_window' does not say how many tokens",
                "smollm3 | 'layer_types':['sliding_attention','full_attention','full_attention','full_attention'] | layers have sliding_attention, but 'sliding_window'",
                "smollm3 | 'no_rope_layers':[true,false,true,false] | 'no_rope_layers' must hold 0 and 1, not true",
                "qwen2 | 'layer_types':['sliding_attention','full_attention','full_attention','full_attention'] | 'use_sliding_window' or 'sliding_window' says that there is no window",
                "qwen2 | 'attention_bias':true | the key 'attention_bias' (true) may change",
                "llama | 'partial_rotary_factor':0.5 | 'partial_rotary_factor' is 0.5; this engine computes only 1.0",
                "llama | 'rope_scaling':[1,2] | 'rope_scaling' must be an object, not [1,2]",
                "llama | 'rope_scaling':'yarn' | 'rope_scaling' must be an object, not \"yarn\"",
                "gpt_neox | 'hidden_size':64,'num_key_value_heads':null,'partial_rotary_factor':1.0 | 'partial_rotary_factor' differs from the share 0.25 that 'rotary_pct'",
            })
    void refusals(String family, String keys, String message) {
        assertThatThrownBy(() -> spec(family, keys))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(message);
    }

    @Test
    void whatDrawsTokensOrSaysNothing_isNoReasonToRefuse() {
        DecoderSpec plain = spec("llama", "'rope_theta':10000.0");
        assertThat(spec(
                        "llama",
                        "'max_length':20,'do_sample':false,'temperature':1.0,'pruned_heads':{},'tie_encoder_decoder':false,"
                                + "'is_encoder_decoder':false,'is_decoder':false,'torchscript':false,'use_bfloat16':false,"
                                + "'partial_rotary_factor':1.0,'rope_scaling':false,'use_sliding_window':false"))
                .isEqualTo(plain);
        assertThat(spec("mistral", "'attention_bias':false,'mlp_bias':false,'sliding_window':null")
                        .attention())
                .isEqualTo(plain.attention());
    }

    @Test
    void yarn_withoutAFactor_stretchesToTheContext() {
        RopeScaling named =
                scaling("'rope_scaling':{'type':'yarn','factor':4.0,'original_max_position_embeddings':16}");
        RopeScaling reckoned = scaling("'rope_scaling':{'type':'yarn','factor':null,'finetuned':true,'beta_fast':0,"
                + "'beta_slow':0,'original_max_position_embeddings':16}");
        assertThat(reckoned).isEqualTo(named);
    }

    @Test
    void headsWithoutARope_mayHaveAnOddWidth() {
        DecoderSpec spec = spec("gpt2", "'n_embd':15,'n_head':3,'n_layer':1");
        assertThat(spec.headWidth()).isEqualTo(5);
    }

    private static RopeScaling scaling(String keys) {
        return Objects.requireNonNull(spec("llama", keys).layer(0).rope()).scaling();
    }

    private static DecoderSpec spec(String family, String keys) {
        String sizes = family.equals("gpt2") ? "" : SIZES;
        // What comes later wins, as in any reader of JSON.
        String json = ("{" + sizes + "'model_type':'" + family + "'," + keys + "}").replace('\'', '"');
        return HuggingFaceConfig.spec(
                Path.of("config.json"), JsonMapper.shared().readTree(json));
    }
}
