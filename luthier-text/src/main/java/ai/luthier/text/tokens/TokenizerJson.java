package ai.luthier.text.tokens;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a {@code tokenizer.json} says of itself: its vocabulary, its added tokens, and how its tokens spell bytes. Immutable.
 *
 * @see <a href="https://huggingface.co/docs/tokenizers/api/tokenizer">the format's owner</a>
 */
final class TokenizerJson {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** How the tokens of the model spell text. */
    enum Spelling {
        /** Every character stands for a byte (GPT-2). */
        BYTE_LEVEL,
        /** Characters stand for themselves, {@code ▁} for a space, {@code <0x0A>} for a byte (SentencePiece). */
        METASPACE
    }

    private final ObjectNode root;
    private final List<AddedToken> added;
    private final Map<String, Integer> ids;
    private final Map<Integer, String> tokens;
    private final Spelling spelling;

    private TokenizerJson(ObjectNode root) {
        this.root = root;
        this.added = addedTokens(root);
        this.ids = new HashMap<>();
        this.tokens = new HashMap<>();
        JsonNode vocabulary = root.at("/model/vocab");
        if (vocabulary.isObject()) {
            vocabulary
                    .properties()
                    .forEach(entry -> put(entry.getKey(), entry.getValue().asInt()));
        } else {
            for (int id = 0; id < vocabulary.size(); id++) {
                put(vocabulary.path(id).path(0).asString(), id); // Unigram: [["token", score], …]
            }
        }
        added.forEach(token -> put(token.content(), token.id()));
        boolean byteLevel =
                mentions(root.path("decoder"), "ByteLevel") || mentions(root.path("pre_tokenizer"), "ByteLevel");
        this.spelling = byteLevel ? Spelling.BYTE_LEVEL : Spelling.METASPACE;
    }

    /** @throws UserError ({@link ErrorCode#INVALID_MODEL}) where the file is missing or is not a tokenizer */
    static TokenizerJson read(Path file) {
        try {
            if (JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode root
                    && root.at("/model/vocab").size() > 0) {
                return new TokenizerJson(root);
            }
            throw broken(file, "it has no model.vocab", null);
        } catch (IOException e) {
            throw broken(file, "it cannot be read", e);
        } catch (JacksonException e) {
            throw broken(file, e.getOriginalMessage(), e);
        }
    }

    private static UserError broken(Path file, String why, @Nullable Exception cause) {
        return new UserError(
                ErrorCode.INVALID_MODEL,
                null,
                file + " is not a Hugging Face tokenizer: " + why
                        + ". A model needs a tokenizer.json; `AutoTokenizer.from_pretrained(…).save_pretrained(…)` writes one.",
                cause);
    }

    private static List<AddedToken> addedTokens(JsonNode root) {
        return StreamSupport.stream(root.path("added_tokens").spliterator(), false)
                .map(token -> new AddedToken(
                        token.path("id").asInt(),
                        token.path("content").asString(),
                        token.path("special").asBoolean(false),
                        !token.path("lstrip").asBoolean(false)
                                && !token.path("single_word").asBoolean(false)
                                && !token.path("normalized").asBoolean(true)))
                .toList();
    }

    private void put(String token, int id) {
        ids.put(token, id);
        tokens.put(id, token);
    }

    private static boolean mentions(JsonNode node, String type) {
        return node.path("type").asString("").equals(type)
                || StreamSupport.stream(node.spliterator(), false).anyMatch(child -> mentions(child, type));
    }

    List<AddedToken> added() {
        return added;
    }

    /** Those of {@link #added()} that may not be written by data, in order. */
    List<AddedToken> controls() {
        return added.stream().filter(AddedToken::controls).toList();
    }

    Map<String, Integer> ids() {
        return ids;
    }

    Map<Integer, String> tokens() {
        return tokens;
    }

    Spelling spelling() {
        return spelling;
    }

    String text() {
        return JSON.writeValueAsString(root);
    }

    /** The same tokenizer, whose control tokens are found by other strings; one for each of {@link #controls()}, in order. */
    String withAliases(List<String> aliases) {
        ObjectNode copy = root.deepCopy();
        int next = 0;
        for (int i = 0; i < added.size(); i++) {
            if (added.get(i).controls() && copy.path("added_tokens").path(i) instanceof ObjectNode token) {
                token.put("content", aliases.get(next++));
                token.put("normalized", false);
            }
        }
        copy.remove("post_processor"); // it names added tokens by their old strings
        return JSON.writeValueAsString(copy);
    }
}
