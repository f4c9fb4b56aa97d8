package ai.luthier.text.tokens;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.jinja.Span;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Hugging Face's own tokenizer for a model directory, and its twin for text that must not be obeyed.
 *
 * <p>A text with an added token's string in its data ("what does {@code <|im_end|>} mean?") cannot go through the tokenizer as it
 * is, and cutting it up would change what is merged at the cuts. So there is a twin, the same tokenizer in all but one
 * thing: it knows its added tokens by other strings, which are random and made anew at every load. Where the template wrote
 * an added token, that string takes its place, and the whole text goes through the twin in one piece.
 *
 * <p>Safe for any thread.
 */
public final class HuggingFaceTokenizer implements TextTokenizer {

    private static final Map<String, String> WHOLE_TEXTS = Map.of("truncation", "false", "padding", "false");
    private static final int ALIAS_BYTES = 16;

    private final TokenizerJson json;
    private final AddedTokenFinder finder;
    private final ai.djl.huggingface.tokenizers.HuggingFaceTokenizer plain;
    private final ai.djl.huggingface.tokenizers.HuggingFaceTokenizer twin;
    private final List<String> aliases;
    private final Map<Integer, Integer> idOfAlias;
    private final Set<Integer> specialIds;

    private HuggingFaceTokenizer(TokenizerJson json, Path file) {
        this.json = json;
        this.finder = new AddedTokenFinder(json.added());
        this.aliases = aliases(json.added().size());
        this.plain = open(json.text(), file);
        this.twin = open(json.withAliases(aliases), file);
        this.idOfAlias = idOfAlias();
        this.specialIds = json.added().stream()
                .filter(TokenizerJson.Added::special)
                .map(TokenizerJson.Added::id)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The tokenizer of a model directory, from its {@code tokenizer.json}. Nothing is asked of the network.
     *
     * @throws UserError ({@link ErrorCode#INVALID_MODEL}) where there is none or it cannot be understood
     */
    public static HuggingFaceTokenizer load(Path directory) {
        Path file = directory.resolve("tokenizer.json");
        return new HuggingFaceTokenizer(TokenizerJson.read(file), file);
    }

    private static ai.djl.huggingface.tokenizers.HuggingFaceTokenizer open(String json, Path file) {
        try {
            return ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), WHOLE_TEXTS);
        } catch (IOException | RuntimeException e) {
            throw new UserError(
                    ErrorCode.INVALID_MODEL, null, file + " cannot be used as a tokenizer: " + e.getMessage(), e);
        }
    }

    private static List<String> aliases(int count) {
        byte[] secret = new byte[ALIAS_BYTES];
        new SecureRandom().nextBytes(secret);
        String name = HexFormat.of().formatHex(secret);
        List<String> aliases = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            aliases.add("\uE000" + name + "." + i + "\uE001");
        }
        return aliases;
    }

    /** Under its new name an added token may have got a new id; this leads back to the true one. */
    private Map<Integer, Integer> idOfAlias() {
        Map<Integer, Integer> map = new HashMap<>();
        for (int i = 0; i < aliases.size(); i++) {
            long[] ids = twin.encode(aliases.get(i), false, false).getIds();
            // A dummy space may come first; the token itself is the last.
            map.put((int) ids[ids.length - 1], json.added().get(i).id());
        }
        return map;
    }

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        return ints(plain.encode(text, addSpecialTokens, false).getIds());
    }

    @Override
    public int[] encode(String text, List<Span> data) {
        AddedTokenFinder.Found found = finder.find(text, data);
        if (found.inData().isEmpty()) {
            return encode(text, false);
        }
        StringBuilder safe = new StringBuilder();
        int at = 0;
        for (AddedTokenFinder.Match match : found.control()) {
            safe.append(text, at, match.start()).append(aliases.get(match.token()));
            at = match.end();
        }
        safe.append(text, at, text.length());
        int[] ids = ints(twin.encode(safe.toString(), false, false).getIds());
        for (int i = 0; i < ids.length; i++) {
            ids[i] = idOfAlias.getOrDefault(ids[i], ids[i]);
        }
        return ids;
    }

    @Override
    public List<String> addedTokensIn(String text, List<Span> data) {
        return finder.find(text, data).inData().stream()
                .map(match -> json.added().get(match.token()).content())
                .toList();
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        return plain.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecial);
    }

    @Override
    public int vocabularySize() {
        return json.tokens().keySet().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    }

    @Override
    public OptionalInt id(String token) {
        Integer id = json.ids().get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public String token(int id) {
        String token = json.tokens().get(id);
        if (token == null) {
            throw new IllegalArgumentException("no token has the id " + id);
        }
        return token;
    }

    @Override
    public Set<Integer> specialIds() {
        return specialIds;
    }

    @Override
    public byte[] bytes(int id) {
        if (specialIds.contains(id)) {
            return new byte[0];
        }
        String token = token(id);
        boolean written = json.added().stream().anyMatch(added -> added.id() == id);
        return written ? token.getBytes(StandardCharsets.UTF_8) : TokenBytes.of(token, json.spelling());
    }

    private static int[] ints(long[] ids) {
        return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void close() {
        plain.close();
        twin.close();
    }
}
