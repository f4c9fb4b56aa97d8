package ai.luthier.cli;

import java.nio.file.Path;

/** Where Luthier itself lies. */
final class Installation {

    private Installation() {}

    /** The folder of the launcher script, which passes it on; the working directory without a launcher. */
    static Path home() {
        String home = System.getenv("LUTHIER_HOME");
        return home == null ? Path.of("").toAbsolutePath() : Path.of(home);
    }
}
