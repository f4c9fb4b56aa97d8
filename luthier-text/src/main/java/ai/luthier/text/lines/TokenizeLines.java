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
        return Map.of("ids", tokenizer.encode(text, added));
    }
}
