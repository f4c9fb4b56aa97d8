package ai.luthier.engine.gguf;

import ai.luthier.text.tokens.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The keys {@code tokenizer.*} of a GGUF file: vocabulary, the tokens with a meaning, and the chat template. */
public final class TokenizerMetadata {

    private static final JsonMapper JSON = JsonMapper.shared();

    private TokenizerMetadata() {}

    /**
     * What a file needs to know of a model directory's tokenizer.
     *
     * @param rows of the embedding
     * @param stopIds the ids that end an answer
     * @param template source of the chat template
     */
    public static Map<String, GgufValue> of(
            Path directory, TextTokenizer tokenizer, int rows, Set<Integer> stopIds, Optional<String> template)
            throws IOException {
        Map<String, GgufValue> keys =
                new LinkedHashMap<>(Vocabulary.read(directory, rows).metadata());
        JsonNode config = json(directory.resolve("tokenizer_config.json"));
        JsonNode model = json(directory.resolve("config.json"));
        OptionalInt bos = special(config, model, "bos", tokenizer);
        OptionalInt eos = special(config, model, "eos", tokenizer);
        put(keys, "tokenizer.ggml.bos_token_id", bos);
        put(keys, "tokenizer.ggml.eos_token_id", eos);
        put(
                keys,
                "tokenizer.ggml.eot_token_id",
                stopIds.stream()
                        .filter(id -> eos.isEmpty() || id != eos.getAsInt())
                        .sorted((a, b) -> b - a)
                        .mapToInt(Integer::intValue)
                        .findFirst());
        put(keys, "tokenizer.ggml.padding_token_id", special(config, model, "pad", tokenizer));
        put(keys, "tokenizer.ggml.unknown_token_id", special(config, model, "unk", tokenizer));
        // What is put around a text is asked of the tokenizer itself: the flags in the files beside it are often not
        // true.
        int[] around = tokenizer.encode("", true);
        keys.put(
                "tokenizer.ggml.add_bos_token",
                flag(around.length > 0 && bos.isPresent() && around[0] == bos.getAsInt()));
        keys.put(
                "tokenizer.ggml.add_eos_token",
                flag(around.length > 0
                        && eos.isPresent()
                        && around[around.length - 1] == eos.getAsInt()
                        && (around.length > 1 || bos.isEmpty() || bos.getAsInt() != eos.getAsInt())));
        template.ifPresent(text -> keys.put("tokenizer.chat_template", new GgufValue.Text(text)));
        return keys;
    }

    private static GgufValue flag(boolean value) {
        return new GgufValue.Flag(value);
    }

    private static void put(Map<String, GgufValue> keys, String key, OptionalInt id) {
        id.ifPresent(value -> keys.put(key, new GgufValue.Whole(value)));
    }

    /** The tokenizer's {@code bos_token} and so on by spelling, else the model's {@code bos_token_id}, the first of several. */
    private static OptionalInt special(JsonNode config, JsonNode model, String name, TextTokenizer tokenizer) {
        JsonNode token = config.path(name + "_token");
        String spelling = (token.isObject() ? token.path("content") : token).asString("");
        OptionalInt known = spelling.isEmpty() ? OptionalInt.empty() : tokenizer.id(spelling);
        if (known.isPresent()) {
            return known;
        }
        JsonNode id = model.path(name + "_token_id");
        JsonNode first = id.isArray() ? id.path(0) : id;
        return first.isIntegralNumber() ? OptionalInt.of(first.asInt()) : OptionalInt.empty();
    }

    private static JsonNode json(Path file) throws IOException {
        return Files.exists(file) ? JSON.readTree(Files.readAllBytes(file)) : JSON.createObjectNode();
    }
}
