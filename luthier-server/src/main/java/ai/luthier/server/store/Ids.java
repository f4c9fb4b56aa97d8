package ai.luthier.server.store;

import java.security.SecureRandom;

/**
 * Names of things, in OpenAI's forms: a prefix and letters and digits from a secure source, about 5.95 bits a character.
 *
 * <p>24 characters (143 bits) never meet by chance; the 8 of a model name (48 bits) may, so those are checked against the
 * table where they are stored. Safe for any thread.
 */
public final class Ids {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {}

    public static String file() {
        return "file-" + random(LENGTH);
    }

    public static String job() {
        return "ftjob-" + random(LENGTH);
    }

    public static String event() {
        return "ftevent-" + random(LENGTH);
    }

    public static String checkpoint() {
        return "ftckpt_" + random(LENGTH);
    }

    public static String organization() {
        return "org-" + random(LENGTH);
    }

    public static String project() {
        return "proj_" + random(LENGTH);
    }

    public static String key() {
        return "key_" + random(16);
    }

    public static String blob() {
        return "blob-" + random(LENGTH);
    }

    public static String ledgerEntry() {
        return "ledger-" + random(LENGTH);
    }

    /** The last part of a fine-tuned model's name. */
    public static String modelTail() {
        return random(8);
    }

    /** A new API key: {@code sk-} and 48 characters, 285 bits. */
    public static String secretKey() {
        return "sk-" + random(48);
    }

    /** A job's seed where the client gave none: 0 to 2147483647. */
    public static int seed() {
        return RANDOM.nextInt() & Integer.MAX_VALUE;
    }

    /** {@code count} bytes nobody can guess. */
    public static byte[] secretBytes(int count) {
        var bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** {@code length} letters and digits. */
    public static String random(int length) {
        var text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
