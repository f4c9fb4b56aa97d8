package ai.luthier.engine.gguf;

/** What a token is for, by the numbers of {@code tokenizer.ggml.token_type}. */
enum TokenType {
    NORMAL(1),
    UNKNOWN(2),
    CONTROL(3),
    USER_DEFINED(4),
    UNUSED(5),
    BYTE(6);

    private final int code;

    TokenType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
