package ai.luthier.server.accounts;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The form in which keys are stored: HMAC-SHA-256 under a random salt of this database.
 *
 * <p>Why not a slow password hash: keys that Luthier makes carry 285 bits, which no guessing reaches, and every request pays for
 * the hash. Why a salt nevertheless: {@code keys add --value} takes whatever an application uses already; with the salt no table
 * made beforehand, and no digest of another installation, says anything about it. One salt for all keys keeps the lookup one read
 * of an index; the digest cannot be steered by a caller, so the time of that read tells nothing. A short key of the owner's own
 * choice stays guessable for someone who has stolen the database; {@code keys add} says so.
 *
 * <p>Immutable, safe for any thread.
 */
final class KeyDigest {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec salt;

    KeyDigest(byte[] salt) {
        this.salt = new SecretKeySpec(salt, ALGORITHM);
    }

    /** 32 bytes. */
    byte[] of(String secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(salt);
            return mac.doFinal(secret.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new Internal(ErrorCode.INTERNAL, null, "This Java runtime has no " + ALGORITHM, e);
        }
    }
}
