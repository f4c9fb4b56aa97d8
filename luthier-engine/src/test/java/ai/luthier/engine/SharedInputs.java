package ai.luthier.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real models that may lie beside the checkout; tests that need them are skipped where they are absent. */
public final class SharedInputs {

    private SharedInputs() {}

    public static Path model(String name) {
        Path folder = Path.of(System.getProperty("luthier.shared", "../shared"), "models", name);
        assumeTrue(Files.exists(folder.resolve("config.json")), "skipped: there is no model in " + folder);
        return folder;
    }
}
