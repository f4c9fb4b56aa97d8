package ai.luthier.server.files;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client says about the bytes it sends.
 *
 * @param filename as sent; shown again, never part of a path
 * @param purpose {@code fine-tune}, {@code fine-tune-results} or another of OpenAI's purposes
 * @param expiresAfter how long after its creation the file goes; null means never
 */
public record NewFile(
        String filename, String purpose, @Nullable Duration expiresAfter) {

    public NewFile {
        Objects.requireNonNull(filename, "filename");
        Objects.requireNonNull(purpose, "purpose");
    }
}
