package ai.luthier.engine.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that are read whole into the heap, after a look at their size. */
final class SmallFiles {

    /** The index of the largest models has a few megabytes. */
    private static final long MOST_BYTES = 64 << 20;

    private SmallFiles() {}

    /** The bytes; {@code UserError(INVALID_MODEL)} where the file is larger than any of its kind. */
    static byte[] read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MOST_BYTES) {
            throw WeightFiles.refuse(file, "has " + size + " bytes; at most " + MOST_BYTES + " were expected.");
        }
        return Files.readAllBytes(file);
    }
}
