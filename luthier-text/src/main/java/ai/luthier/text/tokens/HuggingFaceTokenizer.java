package ai.luthier.text.tokens;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.jinja.Span;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Hugging Face's own tokenizer for a model directory, and its twin for text that must not be obeyed.
 *
 * <p>A text with a control token's string in its data ("what does {@code <|im_end|>} mean?") goes through the
 * {@link TokenizerTwin} instead.
 *
 * <p>Safe for any thread.
 */
public final class HuggingFaceTokenizer implements TextTokenizer {

    private static final Map<String, String> WHOLE_TEXTS = Map.of("truncation", "false", "padding", "false");

    private final TokenizerJson json;
    private final AddedTokenFinder finder;
    private final List<AddedToken> controls;
    private final ai.djl.huggingface.tokenizers.HuggingFaceTokenizer plain;
    private final Path file;
    private @Nullable TokenizerTwin twin;
    private final Set<Integer> specialIds;

    private HuggingFaceTokenizer(TokenizerJson json, Path file) {
        this.json = json;
        this.file = file;
        this.controls = json.controls();
        this.finder = new AddedTokenFinder(controls);
        this.plain = open(json.text(), file);
        this.specialIds = json.added().stream()
                .filter(AddedToken::special)
                .map(AddedToken::id)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The tokenizer of a model directory, from its {@code tokenizer.json}. Nothing is asked of the network.
     *
     * @throws UserError ({@link ErrorCode#INVALID_MODEL}) where there is none or it cannot be understood
     */
    public static HuggingFaceTokenizer load(Path directory) {
        Path file = directory.resolve("tokenizer.json");
        OtherTokenizers.refuse(directory, file);
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

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        return ints(plain.encode(wellFormed(text), addSpecialTokens, false).getIds());
    }

    @Override
    public int[] encode(String text, List<Span> data) {
        AddedTokenFinder.Found found = finder.find(text, data);
        if (found.inData().isEmpty()) {
            return encode(text, false);
        }
        return twin().encode(wellFormed(text), found.control());
    }

    /** The text with U+FFFD for each half of a surrogate pair that stands alone: no token spells one. */
    private static String wellFormed(String text) {
        int[] codePoints = null;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            boolean paired = Character.isHighSurrogate(c)
                    && at + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(at + 1));
            if (paired) {
                at++;
            } else if (Character.isSurrogate(c)) {
                codePoints = text.codePoints()
                        .map(point ->
                                point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xFFFD : point)
                        .toArray();
                break;
            }
        }
        return codePoints == null ? text : new String(codePoints, 0, codePoints.length);
    }

    /** Few texts need the twin, and a large vocabulary takes a second to load. */
    private synchronized TokenizerTwin twin() {
        if (twin == null) {
            twin = new TokenizerTwin(json, aliased -> open(aliased, file));
        }
        return twin;
    }

    @Override
    public List<Integer> breaks(String text, List<Span> data) {
        return finder.find(text, data).control().stream()
                .filter(match -> controls.get(match.token()).breaks())
                .map(AddedTokenFinder.Match::start)
                .toList();
    }

    @Override
    public List<String> addedTokensIn(String text, List<Span> data) {
        return finder.find(text, data).inData().stream()
                .map(match -> controls.get(match.token()).content())
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
        // Added tokens are not spelled in the byte alphabet; a blank is ▁ in them as in all others.
        boolean asWritten = json.spelling() == TokenizerJson.Spelling.BYTE_LEVEL
                && json.added().stream().anyMatch(added -> added.id() == id);
        return asWritten ? token.getBytes(StandardCharsets.UTF_8) : TokenBytes.of(token, json.spelling());
    }

    static int[] ints(long[] ids) {
        return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public synchronized void close() {
        plain.close();
        if (twin != null) {
            twin.close();
        }
    }
}
