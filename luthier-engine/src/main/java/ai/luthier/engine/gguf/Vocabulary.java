package ai.luthier.engine.gguf;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A {@code tokenizer.json} as GGUF describes it: {@code gpt2} for byte-level merges, {@code llama} for SentencePiece merges.
 *
 * <p>SentencePiece joins the two neighbours whose union has the best score; {@code tokenizer.json} has a list of merges in order
 * instead. The score of a token is therefore minus the place of the first merge that makes it, which gives the same order.
 */
final class Vocabulary {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** A token that no merge makes is never joined from others. */
    static final float UNREACHABLE = -1e9f;

    private final Path file;
    private final JsonNode root;
    private final int size;

    private Vocabulary(Path file, JsonNode root, int size) {
        this.file = file;
        this.root = root;
        this.size = size;
    }

    /**
     * Reads {@code tokenizer.json} of a model directory.
     *
     * @param size rows of the embedding; ids up to it that the tokenizer does not know are filled up
     */
    static Vocabulary read(Path directory, int size) throws IOException {
        Path file = directory.resolve("tokenizer.json");
        try {
            return new Vocabulary(file, JSON.readTree(Files.readAllBytes(file)), size);
        } catch (JacksonException e) {
            throw new UserError(ErrorCode.INVALID_MODEL, null, file + ": is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** The keys {@code tokenizer.ggml.model}, {@code pre}, {@code tokens}, {@code token_type} and {@code merges} or {@code scores}. */
    Map<String, GgufValue> metadata() {
        String model = root.at("/model/type").asString("");
        if (!model.equals("BPE")) {
            throw refuse("is of the type " + model + "; GGUF can be written for BPE.");
        }
        boolean sentencePiece = root.at("/model/byte_fallback").asBoolean(false);
        Map<String, GgufValue> keys = new LinkedHashMap<>();
        keys.put("tokenizer.ggml.model", new GgufValue.Text(sentencePiece ? "llama" : "gpt2"));
        keys.put("tokenizer.ggml.pre", new GgufValue.Text(sentencePiece ? "default" : preTokenizer()));
        String[] tokens = tokens();
        TokenType[] types = types(tokens);
        keys.put("tokenizer.ggml.tokens", new GgufValue.Texts(List.of(tokens)));
        keys.put(
                "tokenizer.ggml.token_type",
                new GgufValue.Wholes(StreamSupport.stream(List.of(types).spliterator(), false)
                        .map(TokenType::code)
                        .toList()));
        List<String> merges = merges();
        if (sentencePiece) {
            keys.put("tokenizer.ggml.scores", new GgufValue.Reals(scores(tokens, types, merges)));
            keys.put("tokenizer.ggml.add_space_prefix", new GgufValue.Flag(prefixed()));
        } else {
            keys.put("tokenizer.ggml.merges", new GgufValue.Texts(merges));
        }
        return keys;
    }

    private String preTokenizer() {
        return PreTokenizer.of(root)
                .orElseThrow(
                        () -> refuse("cuts texts in a way that llama.cpp has no name for, or none that is known here"
                                + " (pre_tokenizer " + abbreviated(root.path("pre_tokenizer")) + ", normalizer "
                                + abbreviated(root.path("normalizer")) + ")."))
                .id();
    }

    private static String abbreviated(JsonNode node) {
        String text = node.toString();
        return text.length() > 300 ? text.substring(0, 297) + "…" : text;
    }

    /** Whether a text gets a blank before it, and blanks become {@code ▁}; other normalisers are refused. */
    private boolean prefixed() {
        boolean replaced = false;
        boolean prefixed = false;
        JsonNode normalizer = root.path("normalizer");
        Iterable<JsonNode> steps = normalizer.has("normalizers") ? normalizer.path("normalizers") : List.of(normalizer);
        for (JsonNode step : steps) {
            String type = step.path("type").asString("");
            if (type.equals("Prepend") && step.path("prepend").asString("").equals("▁")) {
                prefixed = true;
            } else if (type.equals("Replace")
                    && step.at("/pattern/String").asString("").equals(" ")
                    && step.path("content").asString("").equals("▁")) {
                replaced = true;
            } else {
                throw refuse("normalises texts in a way that GGUF cannot say: " + abbreviated(step) + ".");
            }
        }
        if (!replaced || !root.path("pre_tokenizer").isNull()) {
            throw refuse("does not write blanks as SentencePiece does (normalizer " + abbreviated(normalizer)
                    + ", pre_tokenizer " + abbreviated(root.path("pre_tokenizer")) + ").");
        }
        return prefixed;
    }

    /** Spellings by id; places that nobody knows are called {@code [PADn]}. */
    private String[] tokens() {
        String[] tokens = new String[size];
        root.at("/model/vocab")
                .properties()
                .forEach(entry -> put(tokens, entry.getValue().asInt(-1), entry.getKey()));
        for (JsonNode added : root.path("added_tokens")) {
            put(tokens, added.path("id").asInt(-1), added.path("content").asString());
        }
        for (int id = 0; id < size; id++) {
            if (tokens[id] == null) {
                tokens[id] = "[PAD" + id + "]";
            }
        }
        return tokens;
    }

    private void put(String[] tokens, int id, String token) {
        if (id < 0 || id >= size) {
            throw refuse("gives '" + token + "' the id " + id + ", but the model's embedding has " + size + " rows.");
        }
        tokens[id] = token;
    }

    private TokenType[] types(String[] tokens) {
        TokenType[] types = new TokenType[size];
        JsonNode vocabulary = root.at("/model/vocab");
        boolean byteFallback = root.at("/model/byte_fallback").asBoolean(false);
        for (int id = 0; id < size; id++) {
            boolean known = vocabulary.has(tokens[id]);
            boolean aByte = byteFallback && tokens[id].matches("<0x[0-9A-F]{2}>");
            types[id] = known ? (aByte ? TokenType.BYTE : TokenType.NORMAL) : TokenType.UNUSED;
        }
        String unknown = root.at("/model/unk_token").asString("");
        for (JsonNode added : root.path("added_tokens")) {
            boolean special = added.path("special").asBoolean(false);
            int id = added.path("id").asInt();
            if (byteFallback && added.path("content").asString().equals(unknown)) {
                types[id] = TokenType.UNKNOWN;
            } else {
                types[id] = special ? TokenType.CONTROL : TokenType.USER_DEFINED;
                // llama.cpp looks for these in the text as it was written.
                tokens[id] = special ? tokens[id] : tokens[id].replace('▁', ' ');
            }
        }
        return types;
    }

    /** Each as the two parts with a blank between, whichever of the two spellings the file has. */
    private List<String> merges() {
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : root.at("/model/merges")) {
            merges.add(
                    merge.isArray()
                            ? merge.path(0).asString() + " " + merge.path(1).asString()
                            : merge.asString());
        }
        return merges;
    }

    private static List<Float> scores(String[] tokens, TokenType[] types, List<String> merges) {
        Map<String, Integer> firstMerge = new HashMap<>();
        for (int place = 0; place < merges.size(); place++) {
            firstMerge.putIfAbsent(merges.get(place).replaceFirst(" ", ""), place);
        }
        List<Float> scores = new ArrayList<>();
        for (int id = 0; id < tokens.length; id++) {
            Integer place = firstMerge.get(tokens[id]);
            boolean single = tokens[id].codePointCount(0, tokens[id].length()) == 1;
            scores.add(place != null ? -(float) place : single || types[id] != TokenType.NORMAL ? 0f : UNREACHABLE);
        }
        return scores;
    }

    private UserError refuse(String what) {
        return new UserError(ErrorCode.UNSUPPORTED_VALUE, "format", file + ": " + what);
    }
}
