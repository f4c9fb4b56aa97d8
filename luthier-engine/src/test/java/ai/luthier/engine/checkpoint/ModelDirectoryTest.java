package ai.luthier.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelDirectoryTest {

    private static final DecoderSpec SPEC = DecoderSpec.llama(50, 32, 48, 2, 4, 2, 64);

    @TempDir
    Path folder;

    @Test
    void whatIsWritten_loadsToTheSameLogits_alsoFromShards() throws IOException {
        try (DecoderWeights weights = DecoderWeights.random(SPEC, Dtype.BF16, 0.2, 1)) {
            ModelDirectory.write(folder, weights, Map.of("bos_token_id", 1, "eos_token_id", 2));
            float[] expected = logits(new Decoder(weights));
            ModelDirectory directory = ModelDirectory.open(folder);
            assertThat(directory.spec()).isEqualTo(SPEC);
            assertThat(directory.stopIds()).containsExactly(2);
            assertLogits(directory, expected);
            shard(weights);
            assertLogits(ModelDirectory.open(folder), expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'model_type':'llama' | 'model_type':'mamba' | the architecture 'mamba' (model_type) mixes attention with recurrent or state-space layers, or has none, which this engine does not compute; these are supported: gemma2, gemma3_text, gpt2, gpt_neox, llama",
                "'LlamaForCausalLM' | 'LlamaForSequenceClassification' | the architecture \"LlamaForSequenceClassification\" is not supported",
                "'vocab_size' | 'x_size' | 'vocab_size' is missing; the key 'x_size' (50) may change what the model computes",
                "'mlp_bias' | 'clip_qkv':8.0,'mlp_bias' | the key 'clip_qkv' (8.0) may change what the model computes",
                "'mlp_bias' | 'rope_scaling':{'rope_type':'longrope','factor':4.0},'mlp_bias' | in 'rope_scaling': the rope type 'longrope' is not supported",
                "'silu' | 'xielu' | 'hidden_act' is \"xielu\", which this engine does not compute",
                "'hidden_size':32 | 'hidden_size':-3 | 'hidden_size' must be a positive whole number, not -3",
                "'num_key_value_heads':2 | 'num_key_value_heads':3 | 4 heads cannot share 3 key-value heads",
                "'tie_word_embeddings':true | 'tie_word_embeddings':'yes' | 'tie_word_embeddings' must be true or false",
            })
    void unsupportedConfiguration_isRefusedByName(String from, String to, String message) throws IOException {
        writeModel();
        Path config = folder.resolve("config.json");
        String compact = Files.readString(config).replaceAll("\\s*:\\s*", ":");
        assertThat(compact).contains(from.replace('\'', '"'));
        Files.writeString(config, compact.replace(from.replace('\'', '"'), to.replace('\'', '"')));
        assertThatThrownBy(() -> ModelDirectory.open(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(message);
    }

    @Test
    void missingExtraAndMisshapenWeights_areAllNamedAtOnce() throws IOException {
        writeModel();
        try (PointerScope _ = new PointerScope();
                DecoderWeights weights = DecoderWeights.random(SPEC, Dtype.FP32, 0.2, 1)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>(weights.byName());
            tensors.remove("model.norm.weight");
            tensors.put("model.layers.0.mlp.up_proj.weight", Tensors.zeros(Dtype.FP32, 47, 32));
            tensors.put("model.layers.0.mlp.router.weight", Tensors.zeros(Dtype.FP32, 4, 32));
            tensors.put("model.layers.0.self_attn.rotary_emb.inv_freq", Tensors.zeros(Dtype.FP32, 4));
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
        }
        assertThatThrownBy(() -> ModelDirectory.open(folder).decoder(Dtype.FP32))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("tensor model.norm.weight of shape [32] is missing")
                .hasMessageContaining("up_proj.weight has the shape [47, 32], config.json makes it [48, 32]")
                .hasMessageContaining("mlp.router.weight is not a weight of this architecture")
                .hasMessageNotContaining("inv_freq");
    }

    @Test
    void foldersWithoutUsableWeights_sayWhatToDo() throws IOException {
        assertThatThrownBy(() -> ModelDirectory.open(folder)).hasMessageContaining("config.json: is not there");
        writeModel();
        Files.delete(folder.resolve("model.safetensors"));
        assertThatThrownBy(() -> ModelDirectory.open(folder).decoder(Dtype.FP32))
                .hasMessageContaining("has neither model.safetensors nor model.safetensors.index.json");
        Files.writeString(folder.resolve("pytorch_model.bin"), "x");
        assertThatThrownBy(() -> ModelDirectory.open(folder).decoder(Dtype.FP32))
                .hasMessageContaining("in pytorch_model.bin, a Python pickle");
        Files.writeString(
                folder.resolve("model.safetensors.index.json"), "{\"weight_map\":{\"a\":\"../evil.safetensors\"}}");
        assertThatThrownBy(() -> ModelDirectory.open(folder).decoder(Dtype.FP32))
                .hasMessageContaining("'../evil.safetensors', which is not a file beside it");
    }

    private void writeModel() throws IOException {
        try (DecoderWeights weights = DecoderWeights.random(SPEC, Dtype.FP32, 0.2, 1)) {
            ModelDirectory.write(folder, weights, Map.of("eos_token_id", 2));
        }
    }

    private void shard(DecoderWeights weights) throws IOException {
        StringBuilder index = new StringBuilder("{\"metadata\":{},\"weight_map\":{");
        Map<String, Tensor> first = new LinkedHashMap<>();
        Map<String, Tensor> second = new LinkedHashMap<>();
        weights.byName().forEach((name, tensor) -> {
            boolean inFirst = name.contains("layers.0");
            (inFirst ? first : second).put(name, tensor);
            index.append("\"%s\":\"%s.safetensors\",".formatted(name, inFirst ? "first" : "second"));
        });
        index.setLength(index.length() - 1);
        Files.delete(folder.resolve("model.safetensors"));
        SafetensorsWriter.write(folder.resolve("first.safetensors"), first, Map.of());
        SafetensorsWriter.write(folder.resolve("second.safetensors"), second, Map.of());
        Files.writeString(folder.resolve("model.safetensors.index.json"), index.append("}}"));
    }

    private static void assertLogits(ModelDirectory directory, float[] expected) {
        try (Decoder decoder = directory.decoder(Dtype.BF16)) {
            assertThat(logits(decoder)).containsExactly(expected);
        }
    }

    private static float[] logits(Decoder decoder) {
        try (PointerScope _ = new PointerScope()) {
            return Scopes.withoutGradients(
                    () -> Tensors.toFloats(decoder.logits(decoder.hidden(Rows.of(5, 6, 7, 8), Adapter.NONE))));
        }
    }
}
