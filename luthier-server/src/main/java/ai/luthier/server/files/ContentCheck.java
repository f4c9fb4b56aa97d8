package ai.luthier.server.files;

import java.nio.file.Path;

/** Looks at uploaded bytes before they become a file, and throws {@link ai.luthier.api.UserError} to refuse them. */
@FunctionalInterface
public interface ContentCheck {

    /** Takes everything. */
    ContentCheck NONE = content -> {};

    /** @param content the complete bytes, for reading only, gone after the call */
    void check(Path content);
}
