package ai.luthier.server;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.accounts.KeyService;
import ai.luthier.server.http.Backend;
import ai.luthier.server.store.DurableFiles;
import ai.luthier.server.store.Ids;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * How commands on this machine prove themselves to the running server: a secret in the data directory, readable by its owner
 * alone and made anew at every start. Whoever can read it could read the database as well. Immutable.
 */
public final class LocalToken {

    private static final String FILE = "local-token";

    private final String secret;

    private LocalToken(String secret) {
        this.secret = secret;
    }

    static LocalToken create(Path dataDirectory) {
        LocalToken token = new LocalToken("sk-local-" + Ids.random(48));
        try {
            DurableFiles.write(dataDirectory.resolve(FILE), token.secret);
        } catch (IOException e) {
            throw new Internal(
                    ErrorCode.INTERNAL, "data.directory", "Cannot write into " + dataDirectory + ": " + e, e);
        }
        return token;
    }

    /** The secret of the server that runs on this directory, as an API key; empty where there was never one. */
    public static Optional<String> read(Path dataDirectory) {
        try {
            Path file = dataDirectory.resolve(FILE);
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw new Internal(
                    ErrorCode.INTERNAL, "data.directory", "Cannot read " + dataDirectory.resolve(FILE) + ": " + e, e);
        }
    }

    /** The backend, which takes this token for the owner beside the keys in the database. */
    Backend accept(Backend backend, KeyService keys) {
        return new Backend(
                key -> matches(key) ? owner(keys) : keys.authenticate(key),
                backend.files(),
                backend.jobs(),
                backend.models(),
                backend.host(),
                backend.ledger(),
                backend.owner(),
                backend.health());
    }

    private static Caller owner(KeyService keys) {
        return keys.owner();
    }

    private boolean matches(String key) {
        return MessageDigest.isEqual(key.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
    }
}
