package ai.luthier.text.bpe;

import java.nio.charset.StandardCharsets;

/**
 * GPT-2's one-to-one map between the 256 bytes and 256 printable characters, so that a vocabulary of byte strings can
 * be written as JSON: printable Latin-1 bytes stand for themselves, the other 68 are moved up to U+0100 and beyond (a
 * space becomes {@code Ġ}, a line feed {@code Ċ}).
 */
public final class ByteAlphabet {

    private static final char[] CHARACTERS = new char[256];
    private static final byte[] BYTES = new byte[0x144];

    static {
        int moved = 0x100;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value != 0xAD);
            CHARACTERS[value] = (char) (printable ? value : moved++);
            BYTES[CHARACTERS[value]] = (byte) value;
        }
    }

    private ByteAlphabet() {}

    /** The character of a byte, {@code value} in [0, 256). */
    public static char character(int value) {
        return CHARACTERS[value];
    }

    /** The UTF-8 bytes of the text, each as its character. */
    public static String spell(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var spelled = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            spelled[i] = CHARACTERS[bytes[i] & 0xFF];
        }
        return new String(spelled);
    }

    /** The bytes that a spelled token stands for. */
    public static byte[] bytes(String spelled) {
        var bytes = new byte[spelled.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = BYTES[spelled.charAt(i)];
        }
        return bytes;
    }
}
