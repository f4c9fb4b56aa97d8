package ai.luthier.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.FamilyFixture;
import ai.luthier.engine.tensor.Dtype;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the loader says no to: each refusal names file, tensor and expectation, within seconds, from a whole model made bad. */
class RefusalsTest {

    @TempDir
    Path folder;

    /** Something done to the files of a model, and what must be said of it. */
    record Damage(String name, Change change, String message) {

        interface Change {
            void in(Path folder) throws IOException;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // architectures, by name
                "'llama' | 'mixtral' | the architecture 'mixtral' (model_type) is a mixture of experts, which this engine does not compute; these are supported: gemma2",
                "'llama' | 'qwen3_moe' | 'qwen3_moe' (model_type) is a mixture of experts",
                "'llama' | 'jamba' | 'jamba' (model_type) mixes attention with recurrent or state-space layers, or has none",
                "'llama' | 'qwen3_next' | 'qwen3_next' (model_type) mixes attention with recurrent",
                "'llama' | 'gemma3' | 'gemma3' (model_type) reads more than text",
                "'llama' | 'llava' | 'llava' (model_type) reads more than text",
                "'llama' | 't5' | 't5' (model_type) is an encoder, or has one",
                "'llama' | 'brandnew' | the architecture 'brandnew' (model_type) is not supported; these are: gemma2",
                "'llama' | 'brandnew','num_local_experts':8 | 'brandnew' (model_type) is a mixture of experts",
                "'llama' | 'brandnew','vision_config':{} | 'brandnew' (model_type) reads more than text",
                "'model_type':'llama', | | has no 'model_type', which names the architecture",
                "'LlamaForCausalLM' | 'LlamaForTokenClassification' | the architecture \"LlamaForTokenClassification\" is not supported; of the family llama only LlamaForCausalLM",
                // keys that change the computation
                "'mlp_bias':false | 'mlp_bias':false,'num_local_experts':8 | the key 'num_local_experts' (8) may change what the model computes",
                "'mlp_bias':false | 'mlp_bias':false,'quantization_config':{'bits':4} | the key 'quantization_config' ({\"bits\":4}) may change",
                "'mlp_bias':false | 'mlp_bias':false,'residual_multiplier':0.2 | the key 'residual_multiplier' (0.2) may change",
                "'rope_theta':10000.0 | 'rope_theta':10000.0,'mrope_section':[8] | in 'rope_parameters': the key 'mrope_section' ([8]) may change",
                "'rope_type':'default' | 'rope_type':'longrope' | in 'rope_parameters': the rope type 'longrope' is not supported; these are: default, linear, dynamic, llama3, yarn",
                "'rope_type':'default' | 'rope_type':'linear' | in 'rope_parameters': 'factor' is missing",
                "'rope_type':'default' | 'rope_type':'linear','factor':0.1 | the rope's scaling factor 0.1 is not in [1, 1e6)",
                "'rope_type':'default' | 'rope_type':'default','partial_rotary_factor':0.5 | 'partial_rotary_factor' is 0.5; this engine computes only 1.0",
                "'mlp_bias':false | 'mlp_bias':false,'rope_scaling':{'rope_type':'linear','factor':2.0} | both 'rope_scaling' and 'rope_parameters' are there",
                "'hidden_act':'silu' | 'hidden_act':'xielu' | 'hidden_act' is \"xielu\", which this engine does not compute",
                // numbers that make no model
                "'num_hidden_layers':2 | 'num_hidden_layers':2000000000 | 'num_hidden_layers' is 2000000000, more than the 1000 layers a model may have",
                "'hidden_size':32 | 'hidden_size':0 | 'hidden_size' must be a positive whole number, not 0",
                "'head_dim':12 | 'head_dim':13 | the number of turned components of a head must be even, not 13",
                "'num_key_value_heads':2 | 'num_key_value_heads':3 | 4 heads cannot share 3 key-value heads",
                "'eos_token_id':2 | 'eos_token_id':1000000000000000 | 'eos_token_id' must be the id of a token or a list of such, not 1000000000000000",
                "'eos_token_id':2 | 'eos_token_id':'</s>' | 'eos_token_id' must be the id of a token or a list of such, not \"</s>\"",
                "'rms_norm_eps':1e-06 | 'rms_norm_eps':'small' | 'rms_norm_eps' must be a number, not \"small\"",
                "'vocab_size':80 | 'vocab_size' | is not valid JSON: what stands at line 1, column",
                "{'architectures' | [{'architectures' | is not valid JSON: it ends at line 1, column",
            })
    void configurations(String from, String to, String message) throws IOException {
        copyOf("llama");
        Path file = folder.resolve("config.json");
        String config = Files.readString(file).replaceAll("\\s*([:,{}\\[\\]])\\s*", "$1");
        assertThat(config).contains(json(from));
        Files.writeString(file, config.replace(json(from), to == null ? "" : json(to)));
        assertRefused(to == null ? "no model_type" : to.substring(to.indexOf(",") + 1), "config.json", message);
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    static Stream<Damage> damages() {
        String norm = "model.norm.weight";
        return Stream.of(
                new Damage(
                        "missing weight",
                        header(h -> h.replace(norm, "model.nrom.weight")),
                        "tensor model.norm.weight of shape [32] is missing"),
                new Damage(
                        "extra weight",
                        header(h -> h.replace(norm, "model.nrom.weight")),
                        "model.safetensors: tensor model.nrom.weight is not a weight of this architecture"),
                new Damage(
                        "wrong shape",
                        header(h -> h.replace("\"shape\":[48,32]", "\"shape\":[32,48]")),
                        "tensor model.layers.0.mlp.gate_proj.weight has the shape [32, 48], config.json makes it [48, 32]"),
                new Damage(
                        "weights of integers",
                        header(h -> h.replace("F32", "I32")),
                        "tensor model.embed_tokens.weight has the type 'I32'; weights must be F32, F16 or BF16"),
                new Damage(
                        "type of another length",
                        header(h -> h.replaceFirst("F32", "F16")),
                        "in F16 needs 5120 bytes, its data_offsets give it 10240"),
                new Damage(
                        "configuration that claims a giant",
                        f -> Files.writeString(
                                f.resolve("config.json"),
                                Files.readString(f.resolve("config.json")).replace(": 80", ": 2000000000")),
                        "tensor model.embed_tokens.weight has the shape [80, 32], config.json makes it [2000000000, 32]"),
                new Damage(
                        "unknown type",
                        header(h -> h.replaceFirst("F32", "Q4K")),
                        "has the type 'Q4K', which safetensors does not have"),
                new Damage(
                        "header that lies about its length",
                        length(Long.MAX_VALUE),
                        "model.safetensors: says that its header has 9223372036854775807 bytes, but the file has"),
                new Damage(
                        "header longer than the file", length(99_000_000), "says that its header has 99000000 bytes"),
                new Damage("negative header length", length(-1), "says that its header has 18446744073709551615 bytes"),
                new Damage(
                        "offsets beyond the end",
                        header(h -> h.replaceFirst("\\[0,10240\\]", "[0,9007199254740992]")),
                        "tensor lm_head.weight has the data_offsets [0, 9007199254740992], but the file has"),
                new Damage(
                        "shape beyond all numbers",
                        header(h -> h.replaceFirst("\\[80,32\\]", "[4294967296,4294967296]")),
                        "tensor lm_head.weight has the impossible shape [4294967296, 4294967296]"),
                new Damage(
                        "overlapping tensors",
                        header(h -> h.replaceFirst("\\[10240,20480\\]", "[0,10240]")),
                        "begins at byte 0 of the data, expected 10240: tensors must neither overlap nor leave holes"),
                new Damage("hole between tensors", RefusalsTest::hole, "tensors must neither overlap nor leave holes"),
                new Damage(
                        "truncated file",
                        f -> cut(f.resolve("model.safetensors"), 1000),
                        "It is truncated or damaged."),
                new Damage(
                        "file cut within the header",
                        f -> cut(f.resolve("model.safetensors"), -200),
                        "It is truncated or not a safetensors file."),
                new Damage(
                        "empty file",
                        f -> Files.write(f.resolve("model.safetensors"), new byte[0]),
                        "model.safetensors: has 0 bytes; a safetensors file begins with an 8-byte length"),
                new Damage(
                        "pickle under the name of safetensors",
                        f -> Files.write(
                                f.resolve("model.safetensors"),
                                new byte[] {(byte) 0x80, 2, '}', 'q', 0, '.', 0, 0, 0, 0}),
                        "model.safetensors: is a Python pickle, which can run code when it is read"),
                new Damage(
                        "zip archive under the name of safetensors",
                        f -> Files.write(f.resolve("model.safetensors"), new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 8, 8}),
                        "model.safetensors: is a zip archive, as torch.save() makes it around a Python pickle"),
                new Damage(
                        "header that ends within a value",
                        length(50),
                        "model.safetensors: the header is not valid JSON: it ends at line 1, column 51"),
                new Damage(
                        "folder in place of weights",
                        f -> {
                            Files.delete(f.resolve("model.safetensors"));
                            Files.createDirectory(f.resolve("model.safetensors"));
                        },
                        "model.safetensors: cannot be read: Is a directory"),
                new Damage(
                        "pickle in place of safetensors",
                        f -> Files.move(f.resolve("model.safetensors"), f.resolve("pytorch_model.bin")),
                        "holds its weights in pytorch_model.bin, a Python pickle, which can run code when it is read;"
                                + " model.safetensors was expected"),
                new Damage(
                        "no weights",
                        f -> Files.delete(f.resolve("model.safetensors")),
                        "has neither model.safetensors nor model.safetensors.index.json"),
                new Damage(
                        "missing shard",
                        f -> index(f, "{\"weight_map\":{\"a\":\"model-00001-of-00002.safetensors\"}}"),
                        "names the shard 'model-00001-of-00002.safetensors', which is not there"),
                new Damage(
                        "shard outside the folder",
                        f -> index(f, "{\"weight_map\":{\"a\":\"../evil.safetensors\"}}"),
                        "names the shard '../evil.safetensors', which is not a file beside it"),
                new Damage(
                        "shard with a name that no file has",
                        f -> index(f, "{\"weight_map\":{\"a\":\"a\\u0000b\"}}"),
                        "which is not a file beside it"),
                new Damage(
                        "index without shards",
                        f -> index(f, "{}"),
                        "model.safetensors.index.json: has no 'weight_map'"),
                new Damage(
                        "index that lies",
                        f -> {
                            Files.copy(f.resolve("model.safetensors"), f.resolve("one.safetensors"));
                            index(f, "{\"weight_map\":{\"a\":\"one.safetensors\"}}");
                        },
                        "puts tensor a into one.safetensors, which does not hold it"),
                new Damage(
                        "tensor in two shards",
                        f -> {
                            Files.copy(f.resolve("model.safetensors"), f.resolve("one.safetensors"));
                            Files.copy(f.resolve("model.safetensors"), f.resolve("two.safetensors"));
                            index(f, "{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"}}");
                        },
                        "two.safetensors: tensor lm_head.weight is also in one.safetensors"),
                new Damage(
                        "tied head with weights of its own",
                        f -> Files.writeString(
                                f.resolve("config.json"),
                                Files.readString(f.resolve("config.json"))
                                        .replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true")),
                        "tensor lm_head.weight is not equal to model.embed_tokens.weight, though config.json makes them one"),
                new Damage(
                        "configuration larger than any",
                        f -> {
                            try (RandomAccessFile file = new RandomAccessFile(
                                    f.resolve("config.json").toFile(), "rw")) {
                                file.setLength(3L << 30); // sparse
                            }
                        },
                        "config.json: has 3221225472 bytes; at most 67108864 were expected"),
                new Damage(
                        "no configuration", f -> Files.delete(f.resolve("config.json")), "config.json: is not there"));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void weights(Damage damage) throws IOException {
        copyOf("llama");
        damage.change().in(folder);
        assertRefused(damage.name(), "", damage.message());
    }

    /** A tied head, buffers of old files and the names of other versions are no reason to refuse. */
    @ParameterizedTest
    @CsvSource({"gpt2-scaled", "pythia", "llama-sharded", "llama-fp16", "smollm2", "phi3-longrope"})
    void whatIsWhole_isNotRefused(String name) throws IOException {
        copyOf(name);
        ModelDirectory.open(folder).decoder(Dtype.BF16).close();
    }

    private void copyOf(String name) throws IOException {
        try (Stream<Path> files = Files.list(FamilyFixture.named(name).folder())) {
            for (Path file : files.filter(f -> !f.getFileName().toString().startsWith("expected"))
                    .toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
    }

    private void assertRefused(String what, String file, String message) throws IOException {
        Throwable refusal = assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> catchThrowable(() -> ModelDirectory.open(folder).decoder(Dtype.FP32)));
        assertThat(refusal)
                .isInstanceOfSatisfying(
                        UserError.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
                .hasMessageContaining(folder.resolve(file).toString())
                .hasMessageContaining(message);
        note(what, String.valueOf(refusal.getMessage()).replace(folder.toString(), "DIR"));
    }

    /** Keeps the message for the table in {@code docs/families.md}. */
    private static void note(String what, String message) throws IOException {
        Path table = Files.createDirectories(Path.of("target", "families", "refusals"));
        String name = what.replaceAll("[^A-Za-z0-9]+", "-");
        Files.writeString(
                table.resolve(name), "| " + what.replace('\'', '"') + " | " + message.replace("|", "\\|") + " |\n");
    }

    /** The header of model.safetensors rewritten, its length kept by spaces; the data stay. */
    private static Damage.Change header(UnaryOperator<String> change) {
        return folder -> {
            Path file = folder.resolve("model.safetensors");
            byte[] bytes = Files.readAllBytes(file);
            int length =
                    (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
            String before = new String(bytes, 8, length, StandardCharsets.UTF_8);
            String after = change.apply(before);
            assertThat(after).isNotEqualTo(before);
            byte[] header = after.getBytes(StandardCharsets.UTF_8);
            ByteBuffer changed = ByteBuffer.allocate(8 + header.length + bytes.length - 8 - length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .put(header)
                    .put(bytes, 8 + length, bytes.length - 8 - length);
            Files.write(file, changed.array());
        };
    }

    private static Damage.Change length(long claimed) {
        return folder -> {
            Path file = folder.resolve("model.safetensors");
            byte[] bytes = Files.readAllBytes(file);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, claimed);
            Files.write(file, bytes);
        };
    }

    private static void hole(Path folder) throws IOException {
        header(h -> h.replaceFirst("\\[0,10240\\]", "[4,10244]")).in(folder);
    }

    private static void index(Path folder, String json) throws IOException {
        if (Files.exists(folder.resolve("model.safetensors"))) {
            Files.delete(folder.resolve("model.safetensors"));
        }
        Files.writeString(folder.resolve("model.safetensors.index.json"), json);
    }

    /** Cuts bytes off the end; negative: leaves only so many from the start. */
    private static void cut(Path file, int count) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, count > 0 ? bytes.length - count : -count));
    }
}
