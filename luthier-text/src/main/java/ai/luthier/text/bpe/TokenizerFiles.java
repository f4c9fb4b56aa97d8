package ai.luthier.text.bpe;

import ai.luthier.text.bpe.BpeVocabulary.Merge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes and reads a vocabulary in Hugging Face's layout: {@code tokenizer.json}, {@code tokenizer_config.json}, {@code chat_template.jinja}. */
public final class TokenizerFiles {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private TokenizerFiles() {}

    /**
     * Writes the three files.
     *
     * @param padding the special token that begins a text, ends it and pads: bos, eos and pad at once
     * @param contextLength tokens; written as {@code model_max_length}
     */
    public static void write(
            Path directory, BpeVocabulary vocabulary, String padding, int contextLength, String chatTemplate)
            throws IOException {
        Files.createDirectories(directory);
        writeJson(directory.resolve("tokenizer.json"), tokenizer(vocabulary));
        writeJson(directory.resolve("tokenizer_config.json"), configuration(vocabulary, padding, contextLength));
        Files.writeString(directory.resolve("chat_template.jinja"), chatTemplate);
    }

    /** The vocabulary of a {@code tokenizer.json} that {@link #write} has written. */
    public static BpeVocabulary read(Path directory) throws IOException {
        var root = JSON.readTree(Files.readAllBytes(directory.resolve("tokenizer.json")));
        var special = new ArrayList<String>();
        root.required("added_tokens")
                .forEach(token -> special.add(token.required("content").stringValue()));
        Map<String, Integer> ids = new LinkedHashMap<>();
        root.required("model")
                .required("vocab")
                .properties()
                .forEach(entry -> ids.put(entry.getKey(), entry.getValue().intValue()));
        var merges = new ArrayList<Merge>();
        root.required("model")
                .required("merges")
                .forEach(pair -> merges.add(new Merge(
                        id(ids, pair.required(0).stringValue()),
                        id(ids, pair.required(1).stringValue()))));
        return new BpeVocabulary(special, merges);
    }

    private static int id(Map<String, Integer> ids, String token) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new IllegalArgumentException("the merges name '" + token + "', which is not in the vocabulary");
        }
        return id;
    }

    private static ObjectNode tokenizer(BpeVocabulary vocabulary) {
        List<String> tokens = vocabulary.tokens();
        ObjectNode root = NODES.objectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (String token : vocabulary.specialTokens()) {
            added.add(addedToken(vocabulary.special(token), token));
        }
        root.putNull("normalizer");
        root.set("pre_tokenizer", byteLevel());
        root.putNull("post_processor");
        root.set("decoder", byteLevel());
        ObjectNode model = root.putObject("model");
        model.put("type", "BPE").putNull("dropout").putNull("unk_token");
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        ObjectNode ids = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
        ArrayNode merges = model.putArray("merges");
        for (Merge merge : vocabulary.merges()) {
            merges.addArray().add(tokens.get(merge.left())).add(tokens.get(merge.right()));
        }
        return root;
    }

    private static ObjectNode byteLevel() {
        return NODES.objectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    private static ObjectNode addedToken(int id, String token) {
        return NODES.objectNode()
                .put("id", id)
                .put("content", token)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
    }

    private static ObjectNode configuration(BpeVocabulary vocabulary, String padding, int contextLength) {
        ObjectNode root = NODES.objectNode();
        root.put("tokenizer_class", "PreTrainedTokenizerFast");
        root.put("bos_token", padding).put("eos_token", padding).put("pad_token", padding);
        root.putNull("unk_token");
        root.put("add_bos_token", false).put("add_eos_token", false);
        root.put("clean_up_tokenization_spaces", false).put("model_max_length", contextLength);
        ObjectNode added = root.putObject("added_tokens_decoder");
        for (String token : vocabulary.specialTokens()) {
            ObjectNode node = addedToken(vocabulary.special(token), token);
            node.remove("id");
            added.set(String.valueOf(vocabulary.special(token)), node);
        }
        return root;
    }

    private static void writeJson(Path file, ObjectNode root) throws IOException {
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    }
}
