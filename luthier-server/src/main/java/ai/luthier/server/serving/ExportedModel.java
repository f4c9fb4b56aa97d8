package ai.luthier.server.serving;

import ai.luthier.engine.checkpoint.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A model that was written out for somebody, until it is closed.
 *
 * @param folder with all of its files
 */
public record ExportedModel(Path folder) implements AutoCloseable {

    @Override
    public void close() {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove the exported model in " + folder, e);
        }
    }
}
