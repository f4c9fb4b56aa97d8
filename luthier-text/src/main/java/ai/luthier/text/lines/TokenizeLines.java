package ai.luthier.text.lines;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.tokens.TextTokenizer;
import java.util.Map;

/** {@code {"text":"…","add_special_tokens":true}} in, {@code {"ids":[…]}} out. */
public final class TokenizeLines implements LineAnswer {

    private final TextTokenizer tokenizer;

    public TokenizeLines(TextTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    private static int loneSurrogate(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (Character.isSurrogate(text.charAt(at))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(at))) {
                    return at;
                }
                at++;
            }
        }
        return -1;
    }

    /** As {@code tokenizer(text)} of transformers: special tokens are added unless the request says otherwise. */
    @Override
    public Map<String, ?> to(Map<String, Object> request) {
        if (!(request.get("text") instanceof String text)) {
            throw new UserError(ErrorCode.INVALID_TYPE, "text", "\"text\" must be a string.");
        }
        Object special = request.getOrDefault("add_special_tokens", true);
        if (!(special instanceof Boolean added)) {
            throw new UserError(
                    ErrorCode.INVALID_TYPE, "add_special_tokens", "\"add_special_tokens\" must be true or false.");
        }
        int lone = loneSurrogate(text);
        if (lone >= 0) {
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    "text",
                    "\"text\" holds half of a surrogate pair, \\u" + Integer.toHexString(text.charAt(lone))
                            + " at character " + text.codePointCount(0, lone)
                            + ": that is no text in UTF-8, and no tokenizer of transformers takes it.");
        }
        return Map.of("ids", tokenizer.encode(text, added));
    }
}
