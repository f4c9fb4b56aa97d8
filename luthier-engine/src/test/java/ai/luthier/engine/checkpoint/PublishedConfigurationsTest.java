package ai.luthier.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.RopeScaling;
import ai.luthier.engine.model.RopeSpec;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Keys as published models of each family write them are all known, and mean what they mean. */
class PublishedConfigurationsTest {

    private static final String IDS = "'bos_token_id':1,'eos_token_id':2,'torch_dtype':'bfloat16','use_cache':true,"
            + "'transformers_version':'4.46.0','initializer_range':0.02,";

    @Test
    void llama31_stretchesLowFrequencies() {
        DecoderSpec spec = spec("'model_type':'llama','architectures':['LlamaForCausalLM'],'attention_bias':false,"
                + "'attention_dropout':0.0,'hidden_act':'silu','hidden_size':4096,'intermediate_size':14336,"
                + "'max_position_embeddings':131072,'mlp_bias':false,'num_attention_heads':32,'num_hidden_layers':32,"
                + "'num_key_value_heads':8,'pretraining_tp':1,'rms_norm_eps':1e-05,'rope_scaling':{'factor':8.0,"
                + "'low_freq_factor':1.0,'high_freq_factor':4.0,'original_max_position_embeddings':8192,"
                + "'rope_type':'llama3'},'rope_theta':500000.0,'tie_word_embeddings':false,'vocab_size':128256");
        assertThat(rope(spec)).isEqualTo(new RopeSpec(128, 500_000, new RopeScaling.Llama3(8, 1, 4, 8192)));
        assertThat(spec.context()).isEqualTo(131_072);
        assertThat(spec.parameters()).isEqualTo(8_030_261_248L);
    }

    @Test
    void smollm2_isALlama() {
        DecoderSpec spec = spec("'model_type':'llama','architectures':['LlamaForCausalLM'],'hidden_size':576,"
                + "'intermediate_size':1536,'num_attention_heads':9,'num_key_value_heads':3,'num_hidden_layers':30,"
                + "'is_llama_config':true,'rope_interleaved':false,'rope_scaling':null,'rope_theta':100000,"
                + "'transformers.js_config':{'dtype':'q4'},'max_position_embeddings':8192,'rms_norm_eps':1e-05,"
                + "'hidden_act':'silu','tie_word_embeddings':true,'vocab_size':49152");
        assertThat(spec.parameters()).isEqualTo(134_515_008L);
    }

    @Test
    void mistral7b_firstHadAWindow_thenNone() {
        String keys =
                "'model_type':'mistral','architectures':['MistralForCausalLM'],'hidden_size':4096,'hidden_act':'silu',"
                        + "'intermediate_size':14336,'max_position_embeddings':32768,'num_attention_heads':32,"
                        + "'num_hidden_layers':32,'num_key_value_heads':8,'rms_norm_eps':1e-05,'tie_word_embeddings':false,"
                        + "'vocab_size':32000,";
        assertThat(spec(keys + "'sliding_window':4096,'rope_theta':10000.0")
                        .layer(31)
                        .window())
                .isEqualTo(4096);
        assertThat(spec(keys + "'sliding_window':null,'rope_theta':1000000.0")
                        .layer(0)
                        .window())
                .isZero();
        assertThat(spec(keys + "'sliding_window':4096,'rope_theta':10000.0").parameters())
                .isEqualTo(7_241_732_096L);
    }

    @Test
    void qwen25_namesAWindowThatItDoesNotUse() {
        DecoderSpec spec = spec("'model_type':'qwen2','architectures':['Qwen2ForCausalLM'],'attention_dropout':0.0,"
                + "'hidden_act':'silu','hidden_size':896,'intermediate_size':4864,'max_position_embeddings':32768,"
                + "'max_window_layers':21,'num_attention_heads':14,'num_hidden_layers':24,'num_key_value_heads':2,"
                + "'rms_norm_eps':1e-06,'rope_theta':1000000.0,'sliding_window':32768,'tie_word_embeddings':true,"
                + "'use_mrope':false,'use_sliding_window':false,'vocab_size':151936");
        assertThat(spec.layer(23).window()).isZero();
        assertThat(spec.parameters()).isEqualTo(494_032_768L);
    }

    @Test
    void qwen3_hasHeadsOfTheirOwnWidth() {
        DecoderSpec spec = spec("'model_type':'qwen3','architectures':['Qwen3ForCausalLM'],'attention_bias':false,"
                + "'head_dim':128,'hidden_act':'silu','hidden_size':1024,'intermediate_size':3072,"
                + "'max_position_embeddings':40960,'max_window_layers':28,'num_attention_heads':16,"
                + "'num_hidden_layers':28,'num_key_value_heads':8,'rms_norm_eps':1e-06,'rope_scaling':null,"
                + "'rope_theta':1000000,'sliding_window':null,'tie_word_embeddings':true,'use_sliding_window':false,"
                + "'vocab_size':151936");
        assertThat(spec.parameters()).isEqualTo(596_049_920L);
    }

    @Test
    void gemma2_hasWindowsInEverySecondLayer() {
        DecoderSpec spec = spec("'model_type':'gemma2','architectures':['Gemma2ForCausalLM'],'attention_bias':false,"
                + "'attn_logit_softcapping':50.0,'cache_implementation':'hybrid','final_logit_softcapping':30.0,"
                + "'head_dim':256,'hidden_act':'gelu_pytorch_tanh','hidden_activation':'gelu_pytorch_tanh',"
                + "'hidden_size':2304,'intermediate_size':9216,'max_position_embeddings':8192,'num_attention_heads':8,"
                + "'num_hidden_layers':26,'num_key_value_heads':4,'query_pre_attn_scalar':256,'rms_norm_eps':1e-06,"
                + "'rope_theta':10000.0,'sliding_window':4096,'vocab_size':256000");
        assertThat(IntStream.range(0, 4).map(layer -> spec.layer(layer).window()))
                .containsExactly(4096, 0, 4096, 0);
        assertThat(spec.ends().softCap()).isEqualTo(30);
        assertThat(spec.attention().softCap()).isEqualTo(50);
        assertThat(spec.parameters()).isEqualTo(2_614_341_888L);
    }

    @Test
    void gemma3_hasTwoRopes() {
        DecoderSpec spec = spec("'model_type':'gemma3_text','architectures':['Gemma3ForCausalLM'],"
                + "'attn_logit_softcapping':null,'cache_implementation':'hybrid','final_logit_softcapping':null,"
                + "'head_dim':256,'hidden_activation':'gelu_pytorch_tanh','hidden_size':1152,'intermediate_size':6912,"
                + "'max_position_embeddings':32768,'num_attention_heads':4,'num_hidden_layers':26,"
                + "'num_key_value_heads':1,'query_pre_attn_scalar':256,'rms_norm_eps':1e-06,"
                + "'rope_local_base_freq':10000,'rope_scaling':null,'rope_theta':1000000,'sliding_window':512,"
                + "'sliding_window_pattern':6,'vocab_size':262144");
        assertThat(spec.layer(5).window()).isZero();
        assertThat(Objects.requireNonNull(spec.layer(5).rope()).theta()).isEqualTo(1e6);
        assertThat(spec.layer(6).window()).isEqualTo(512);
        assertThat(Objects.requireNonNull(spec.layer(6).rope()).theta()).isEqualTo(1e4);
        assertThat(spec.parameters()).isEqualTo(999_885_952L);
    }

    @Test
    void phi3AndPhi4_turnTheirHeadsInPart() {
        String keys = "'model_type':'phi3','architectures':['Phi3ForCausalLM'],'attention_bias':false,"
                + "'auto_map':{'AutoConfig':'configuration_phi3.Phi3Config'},'embd_pdrop':0.0,'resid_pdrop':0.0,"
                + "'hidden_act':'silu','rms_norm_eps':1e-05,'rope_theta':10000.0,'num_hidden_layers':32,"
                + "'hidden_size':3072,'intermediate_size':8192,'original_max_position_embeddings':4096,";
        DecoderSpec phi3 =
                spec(keys + "'num_attention_heads':32,'num_key_value_heads':32,'max_position_embeddings':4096,"
                        + "'rope_scaling':null,'sliding_window':2047,'tie_word_embeddings':false,'vocab_size':32064");
        assertThat(phi3.parameters()).isEqualTo(3_821_079_552L);
        String factors = "1.0,".repeat(47) + "1.0";
        DecoderSpec phi4 = spec(keys + "'num_attention_heads':24,'num_key_value_heads':8,"
                + "'max_position_embeddings':131072,'partial_rotary_factor':0.75,'full_attn_mod':1,"
                + "'interpolate_factor':1,'lm_head_bias':false,'mlp_bias':false,'sliding_window':262144,"
                + "'rope_scaling':{'type':'longrope','long_factor':[" + factors + "],'short_factor':[" + factors
                + "]},'tie_word_embeddings':true,'vocab_size':200064");
        assertThat(rope(phi4).width()).isEqualTo(96);
        assertThat(rope(phi4).scaling().magnitude()).isEqualTo(Math.sqrt(1 + Math.log(32) / Math.log(4096)));
        assertThat(phi4.parameters()).isEqualTo(3_836_021_760L);
    }

    @Test
    void smollm3_leavesEveryFourthLayerUnturned() {
        DecoderSpec spec = spec("'model_type':'smollm3','architectures':['SmolLM3ForCausalLM'],'attention_bias':false,"
                + "'hidden_act':'silu','hidden_size':2048,'intermediate_size':11008,'max_position_embeddings':65536,"
                + "'max_window_layers':28,'mlp_bias':false,'no_rope_layer_interval':4,'num_attention_heads':16,"
                + "'num_hidden_layers':36,'num_key_value_heads':4,'pretraining_tp':2,'rms_norm_eps':1e-06,"
                + "'rope_scaling':null,'rope_theta':5000000.0,'sliding_window':null,'use_sliding_window':false,"
                + "'vocab_size':128256");
        assertThat(spec.layer(3).rope()).isNull();
        assertThat(spec.layer(4).rope()).isNotNull();
        assertThat(spec.parameters()).isEqualTo(3_075_098_624L);
    }

    @Test
    void olmo2_gpt2_andPythia() {
        assertThat(spec("'model_type':'olmo2','architectures':['Olmo2ForCausalLM'],'attention_bias':false,"
                                + "'hidden_act':'silu','hidden_size':2048,'intermediate_size':8192,"
                                + "'max_position_embeddings':4096,'num_attention_heads':16,'num_hidden_layers':16,"
                                + "'num_key_value_heads':16,'rms_norm_eps':1e-06,'rope_scaling':null,"
                                + "'rope_theta':500000,'tie_word_embeddings':false,'vocab_size':100352")
                        .parameters())
                .isEqualTo(1_484_916_736L);
        assertThat(spec("'model_type':'gpt2','architectures':['GPT2LMHeadModel'],'activation_function':'gelu_new',"
                                + "'attn_pdrop':0.1,'embd_pdrop':0.1,'resid_pdrop':0.1,'layer_norm_epsilon':1e-05,"
                                + "'n_ctx':1024,'n_embd':768,'n_head':12,'n_layer':12,'n_positions':1024,"
                                + "'summary_activation':null,'summary_first_dropout':0.1,'summary_proj_to_labels':true,"
                                + "'summary_type':'cls_index','summary_use_proj':true,"
                                + "'task_specific_params':{'text-generation':{'do_sample':true}},'vocab_size':50257")
                        .parameters())
                .isEqualTo(124_439_808L);
        assertThat(spec("'model_type':'gpt_neox','architectures':['GPTNeoXForCausalLM'],'hidden_act':'gelu',"
                                + "'hidden_size':512,'intermediate_size':2048,'layer_norm_eps':1e-05,"
                                + "'max_position_embeddings':2048,'num_attention_heads':8,'num_hidden_layers':6,"
                                + "'rotary_emb_base':10000,'rotary_pct':0.25,'tie_word_embeddings':false,"
                                + "'use_parallel_residual':true,'vocab_size':50304")
                        .parameters())
                .isEqualTo(70_426_624L);
    }

    private static RopeSpec rope(DecoderSpec spec) {
        return Objects.requireNonNull(spec.layer(0).rope());
    }

    private static DecoderSpec spec(String keys) {
        String json = ("{" + IDS + keys + "}").replace('\'', '"');
        return HuggingFaceConfig.spec(
                Path.of("config.json"), JsonMapper.shared().readTree(json));
    }
}
