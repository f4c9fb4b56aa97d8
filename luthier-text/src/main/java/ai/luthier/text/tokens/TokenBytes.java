package ai.luthier.text.tokens;

import ai.luthier.text.bpe.ByteAlphabet;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The bytes that a token's spelling stands for. */
final class TokenBytes {

    private static final Pattern BYTE = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

    private TokenBytes() {}

    static byte[] of(String token, TokenizerJson.Spelling spelling) {
        return switch (spelling) {
            case BYTE_LEVEL -> ByteAlphabet.bytes(token);
            case METASPACE -> metaspace(token);
        };
    }

    private static byte[] metaspace(String token) {
        Matcher one = BYTE.matcher(token);
        return one.matches()
                ? new byte[] {(byte) Integer.parseInt(one.group(1), 16)}
                : token.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
    }
}
