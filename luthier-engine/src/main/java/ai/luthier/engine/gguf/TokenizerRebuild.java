package ai.luthier.engine.gguf;

import ai.luthier.api.UserError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes {@code tokenizer.json} and {@code tokenizer_config.json} of the metadata in a GGUF file: the way back of
 * {@link TokenizerMetadata}.
 *
 * <p>SentencePiece's scores become a list of merges as transformers' converter makes it: every cut of every token into two tokens, in
 * the order of the whole's score, then of the parts' ids.
 */
final class TokenizerRebuild {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String BLANK = "▁";

    private final GgufFile file;
    private final boolean sentencePiece;
    private final List<String> tokens;
    private final List<Integer> types;

    private TokenizerRebuild(GgufFile file) {
        this.file = file;
        String model = file.text("tokenizer.ggml.model").orElse("");
        if (!model.equals("gpt2") && !model.equals("llama")) {
            throw refuse(
                    "has the tokenizer '" + model + "' (tokenizer.ggml.model); 'gpt2' and 'llama' can be rebuilt.");
        }
        this.sentencePiece = model.equals("llama");
        this.tokens = file.metadata().get("tokenizer.ggml.tokens") instanceof GgufValue.Texts(List<String> values)
                ? values
                : List.of();
        this.types = file.metadata().get("tokenizer.ggml.token_type") instanceof GgufValue.Wholes(List<Integer> values)
                ? values
                : List.of();
        if (tokens.isEmpty() || types.size() != tokens.size()) {
            throw refuse("has " + tokens.size() + " tokens and " + types.size() + " types of tokens.");
        }
    }

    /** @throws UserError (INVALID_MODEL) where the tokenizer is of a kind that cannot be rebuilt */
    static TokenizerRebuild of(GgufFile file) {
        return new TokenizerRebuild(file);
    }

    /** How many tokens the file names. */
    int size() {
        return tokens.size();
    }

    /** The bytes of {@code tokenizer.json}. */
    byte[] tokenizerJson() {
        ObjectNode root = JSON.createObjectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding");
        root.set("added_tokens", addedTokens());
        if (sentencePiece) {
            root.set("normalizer", sentencePieceNormalizer());
            root.putNull("pre_tokenizer");
            root.set("post_processor", around());
            root.set("decoder", sentencePieceDecoder());
        } else {
            PreTokenizer cut = preTokenizer();
            root.set("normalizer", cut.normalizer());
            root.set("pre_tokenizer", cut.json());
            root.set("post_processor", around());
            root.set("decoder", PreTokenizer.byteLevel(true));
        }
        root.set("model", model());
        return JSON.writeValueAsBytes(root);
    }

    /** The bytes of {@code tokenizer_config.json}. */
    byte[] configuration() {
        ObjectNode root = JSON.createObjectNode().put("tokenizer_class", "PreTrainedTokenizerFast");
        for (String name : List.of("bos", "eos", "unk", "pad")) {
            special(name).ifPresent(id -> root.put(name + "_token", tokens.get(id)));
        }
        root.put("add_bos_token", opens());
        root.put("add_eos_token", closes());
        root.put("clean_up_tokenization_spaces", false);
        return JSON.writeValueAsBytes(root);
    }

    /** The id under {@code tokenizer.ggml.NAME_token_id}. */
    Optional<Integer> special(String name) {
        String key = (name.equals("pad") ? "padding" : name.equals("unk") ? "unknown" : name) + "_token_id";
        return file.whole("tokenizer.ggml." + key)
                .filter(id -> id >= 0 && id < tokens.size())
                .map(Long::intValue);
    }

    private PreTokenizer preTokenizer() {
        String id = file.text("tokenizer.ggml.pre").orElse("");
        return PreTokenizer.of(id)
                .orElseThrow(() -> refuse("cuts texts as '" + id + "' (tokenizer.ggml.pre), which is not known here."));
    }

    /** SentencePiece puts a BOS before every text unless the file says otherwise. */
    private boolean opens() {
        return file.flag("tokenizer.ggml.add_bos_token").orElse(sentencePiece)
                && special("bos").isPresent();
    }

    private boolean closes() {
        return file.flag("tokenizer.ggml.add_eos_token").orElse(false)
                && special("eos").isPresent();
    }

    private ArrayNode addedTokens() {
        ArrayNode added = JSON.createArrayNode();
        for (int id = 0; id < tokens.size(); id++) {
            int type = types.get(id);
            boolean special = type == TokenType.CONTROL.code() || type == TokenType.UNKNOWN.code();
            if (special || type == TokenType.USER_DEFINED.code()) {
                added.addObject()
                        .put("id", id)
                        .put("content", tokens.get(id))
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", special);
            }
        }
        return added;
    }

    private ObjectNode model() {
        ObjectNode model = JSON.createObjectNode().put("type", "BPE").putNull("dropout");
        if (sentencePiece) {
            model.put("unk_token", special("unk").map(tokens::get).orElse("<unk>"));
        } else {
            model.putNull("unk_token");
        }
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", sentencePiece).put("byte_fallback", sentencePiece);
        model.put("ignore_merges", !sentencePiece && preTokenizer().wholePieces());
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            if (types.get(id) != TokenType.UNUSED.code()) {
                vocabulary.put(tokens.get(id), id);
            }
        }
        ArrayNode merges = model.putArray("merges");
        for (String[] pair : sentencePiece ? mergesOfScores() : merges(vocabulary)) {
            merges.addArray().add(pair[0]).add(pair[1]);
        }
        return model;
    }

    private List<String[]> merges(JsonNode vocabulary) {
        List<String> lines =
                file.metadata().get("tokenizer.ggml.merges") instanceof GgufValue.Texts(List<String> values)
                        ? values
                        : List.of();
        List<String[]> merges = new ArrayList<>();
        for (String line : lines) {
            String[] pair = line.split(" ", -1);
            if (pair.length != 2
                    || !vocabulary.has(pair[0])
                    || !vocabulary.has(pair[1])
                    || !vocabulary.has(pair[0] + pair[1])) {
                throw refuse("has the merge '" + line + "', whose parts or whole are no tokens.");
            }
            merges.add(pair);
        }
        return merges;
    }

    /** One possible merge of a SentencePiece vocabulary. */
    private record Join(String left, String right, float score, int leftId, int rightId) {}

    private List<String[]> mergesOfScores() {
        if (!(file.metadata().get("tokenizer.ggml.scores") instanceof GgufValue.Reals(List<Float> scores))
                || scores.size() != tokens.size()) {
            throw refuse("has the tokenizer 'llama' without a score for every token.");
        }
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            if (types.get(id) == TokenType.NORMAL.code()) {
                ids.put(tokens.get(id), id);
            }
        }
        List<Join> joins = new ArrayList<>();
        ids.forEach((token, id) -> {
            for (int cut = 1; cut < token.length(); cut++) {
                Integer left = ids.get(token.substring(0, cut));
                Integer right = ids.get(token.substring(cut));
                if (left != null && right != null && scores.get(id) > Vocabulary.UNREACHABLE) {
                    joins.add(new Join(token.substring(0, cut), token.substring(cut), scores.get(id), left, right));
                }
            }
        });
        joins.sort(Comparator.comparingDouble((Join join) -> -join.score())
                .thenComparingInt(Join::leftId)
                .thenComparingInt(Join::rightId));
        return joins.stream()
                .map(join -> new String[] {join.left(), join.right()})
                .toList();
    }

    private ObjectNode sentencePieceNormalizer() {
        ObjectNode normalizer = JSON.createObjectNode().put("type", "Sequence");
        ArrayNode steps = normalizer.putArray("normalizers");
        if (file.flag("tokenizer.ggml.add_space_prefix").orElse(true)) {
            steps.addObject().put("type", "Prepend").put("prepend", BLANK);
        }
        steps.add(replace(" ", BLANK));
        return normalizer;
    }

    private ObjectNode sentencePieceDecoder() {
        ObjectNode decoder = JSON.createObjectNode().put("type", "Sequence");
        ArrayNode steps = decoder.putArray("decoders");
        steps.add(replace(BLANK, " "));
        steps.addObject().put("type", "ByteFallback");
        steps.addObject().put("type", "Fuse");
        if (file.flag("tokenizer.ggml.add_space_prefix").orElse(true)) {
            steps.addObject()
                    .put("type", "Strip")
                    .put("content", " ")
                    .put("start", 1)
                    .put("stop", 0);
        }
        return decoder;
    }

    private static ObjectNode replace(String from, String to) {
        ObjectNode step = JSON.createObjectNode().put("type", "Replace");
        step.putObject("pattern").put("String", from);
        return step.put("content", to);
    }

    /** The post-processor that puts BOS and EOS around a text; null where nothing is put there. */
    private JsonNode around() {
        if (!opens() && !closes()) {
            return JSON.nullNode();
        }
        ObjectNode template = JSON.createObjectNode().put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        ArrayNode pair = template.putArray("pair");
        ObjectNode specials = JSON.createObjectNode();
        for (int text = 0; text < 2; text++) {
            for (ArrayNode sequence : text == 0 ? List.of(single, pair) : List.of(pair)) {
                if (opens()) {
                    mark(sequence, specials, special("bos").orElseThrow(), text);
                }
                sequence.addObject()
                        .putObject("Sequence")
                        .put("id", text == 0 ? "A" : "B")
                        .put("type_id", text);
                if (closes()) {
                    mark(sequence, specials, special("eos").orElseThrow(), text);
                }
            }
        }
        template.set("special_tokens", specials);
        return template;
    }

    private void mark(ArrayNode sequence, ObjectNode specials, int id, int text) {
        String token = tokens.get(id);
        sequence.addObject().putObject("SpecialToken").put("id", token).put("type_id", text);
        ObjectNode special = specials.putObject(token).put("id", token);
        special.putArray("ids").add(id);
        special.putArray("tokens").add(token);
    }

    private UserError refuse(String what) {
        return GgufHeader.refuse(file.path(), what);
    }

    /** The chat template in UTF-8; empty where the file has none. */
    Optional<byte[]> template() {
        return file.text("tokenizer.chat_template").map(text -> text.getBytes(StandardCharsets.UTF_8));
    }
}
