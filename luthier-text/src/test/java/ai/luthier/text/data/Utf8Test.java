package ai.luthier.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {

    @Test
    void agreesWithTheJdk_onRandomBytes() {
        Random random = new Random(1);
        String alphabet = "aaaaaaaaé€😀\uD7FF\uE000\u0800\u07FF\u0080";
        for (int round = 0; round < 200_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(14); i > 0; i--) {
                text.appendCodePoint(alphabet.codePointAt(random.nextInt(alphabet.length())));
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            for (int i = random.nextInt(3); i > 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            assertThat(Utf8.firstMalformed(bytes, 0, bytes.length) < 0)
                    .as("%s", java.util.HexFormat.of().formatHex(bytes))
                    .isEqualTo(jdkAccepts(bytes));
        }
    }

    @Test
    void namesTheFirstBadByte() {
        byte[] latin1 = "Zürich ist schön, sagt er".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Utf8.firstMalformed(latin1, 0, latin1.length)).isEqualTo(1);
        assertThat(Utf8.firstMalformed(latin1, 2, latin1.length)).isEqualTo(14);
        assertThat(Utf8.firstMalformed(latin1, 2, 14)).isEqualTo(-1);
    }

    @Test
    void countsCharacters() {
        byte[] bytes = "aé€😀".getBytes(StandardCharsets.UTF_8);
        assertThat(Utf8.codePoints(bytes, 0, bytes.length)).isEqualTo(4);
    }

    private static boolean jdkAccepts(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
