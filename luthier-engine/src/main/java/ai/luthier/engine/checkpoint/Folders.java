package ai.luthier.engine.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;

/** Whole folders that appear at once and vanish. */
public final class Folders {

    private Folders() {}

    /** Renames a finished folder, whose files are already forced to disk, to its final name and forces the rename. */
    public static void publish(Path finished, Path target) throws IOException {
        AtomicFile.forceFolder(finished);
        Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE);
        AtomicFile.forceFolder(target.resolveSibling("").toAbsolutePath());
    }

    /** Deletes the folder and all in it; nothing happens where it is not there. */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> innermostFirst;
        try (var paths = Files.walk(folder)) {
            innermostFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : innermostFirst) {
            Files.delete(path);
        }
    }
}
