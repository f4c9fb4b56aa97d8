package ai.luthier.engine.gguf;

import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The ways of cutting a text before byte-level merges, under the names of {@code tokenizer.ggml.pre}: llama.cpp holds one regular
 * expression for each name, {@code tokenizer.json} spells it out. One that is not in this table is refused: a tokenizer that cuts
 * nearly as the model expects is wrong without a word.
 */
enum PreTokenizer {
    /** {@code 's|'t|…| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}, the one built into Hugging Face's ByteLevel. */
    GPT_2("gpt-2", "", false, false, false),
    /** The same after every digit has been cut off by itself. */
    SMOLLM("smollm", "", true, false, false),
    /** Llama 3: up to three digits together; a piece that is a token needs no merges. */
    LLAMA_3(
            "llama-bpe",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            false,
            true,
            false),
    /** Qwen 2 to 3: single digits, and text in normal form C. */
    QWEN_2(
            "qwen2",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            false,
            false,
            true);

    private static final JsonMapper JSON = JsonMapper.shared();

    private final String id;
    private final String regex;
    private final boolean digits;
    private final boolean wholePieces;
    private final boolean composed;

    /**
     * @param regex of a Split before ByteLevel; empty where ByteLevel's own is used
     * @param digits whether every digit is cut off first
     * @param wholePieces {@code ignore_merges} of the model
     * @param composed whether the text is brought into normal form C
     */
    PreTokenizer(String id, String regex, boolean digits, boolean wholePieces, boolean composed) {
        this.id = id;
        this.regex = regex;
        this.digits = digits;
        this.wholePieces = wholePieces;
        this.composed = composed;
    }

    /** The value of {@code tokenizer.ggml.pre}. */
    String id() {
        return id;
    }

    boolean wholePieces() {
        return wholePieces;
    }

    static Optional<PreTokenizer> of(String id) {
        return Arrays.stream(values()).filter(one -> one.id.equals(id)).findFirst();
    }

    /** The one that a {@code tokenizer.json} spells out; empty where none does exactly the same. */
    static Optional<PreTokenizer> of(JsonNode tokenizer) {
        return Arrays.stream(values()).filter(one -> one.spells(tokenizer)).findFirst();
    }

    private boolean spells(JsonNode tokenizer) {
        return essence(tokenizer.path("pre_tokenizer")).equals(essence(json()))
                && tokenizer.path("normalizer").path("type").asString("").equals(composed ? "NFC" : "")
                && tokenizer.at("/model/ignore_merges").asBoolean(false) == wholePieces;
    }

    /** What of a pre-tokenizer decides where it cuts: {@code trim_offsets} does not, and a sequence of one is that one. */
    private static JsonNode essence(JsonNode node) {
        if (node.path("type").asString("").equals("Sequence")
                && node.path("pretokenizers").size() == 1) {
            return essence(node.path("pretokenizers").path(0));
        }
        JsonNode copy = node.deepCopy();
        for (JsonNode part : copy.has("pretokenizers")
                ? copy.path("pretokenizers")
                : JSON.createArrayNode().add(copy)) {
            if (part instanceof ObjectNode object) {
                object.remove("trim_offsets");
            }
        }
        return copy;
    }

    /** The value of {@code pre_tokenizer} in {@code tokenizer.json}. */
    JsonNode json() {
        if (regex.isEmpty() && !digits) {
            return byteLevel(true);
        }
        ObjectNode sequence = JSON.createObjectNode().put("type", "Sequence");
        ArrayNode parts = sequence.putArray("pretokenizers");
        if (digits) {
            parts.addObject().put("type", "Digits").put("individual_digits", true);
        }
        if (!regex.isEmpty()) {
            ObjectNode split = parts.addObject().put("type", "Split");
            split.putObject("pattern").put("Regex", regex);
            split.put("behavior", "Isolated").put("invert", false);
        }
        parts.add(byteLevel(regex.isEmpty()));
        return sequence;
    }

    /** The value of {@code normalizer}. */
    JsonNode normalizer() {
        return composed ? JSON.createObjectNode().put("type", "NFC") : JSON.nullNode();
    }

    static ObjectNode byteLevel(boolean ownRegex) {
        return JSON.createObjectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", ownRegex);
    }
}
