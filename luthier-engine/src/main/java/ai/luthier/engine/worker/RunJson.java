package ai.luthier.engine.worker;

import ai.luthier.engine.checkpoint.AtomicFile;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.RunSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import tools.jackson.databind.json.JsonMapper;

/** How specs and events of runs look on disk. Thread-safe. */
public final class RunJson {

    private static final JsonMapper JSON = JsonMapper.shared();

    private RunJson() {}

    /** Writes {@code run.json}, durably and all or nothing, and makes the folder if it is not there. */
    public static void writeSpec(RunFolder folder, RunSpec spec) {
        try {
            Files.createDirectories(folder.root());
            AtomicFile.write(folder.spec(), JSON.writeValueAsBytes(spec));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads what {@link #writeSpec} wrote. */
    public static RunSpec readSpec(RunFolder folder) {
        try {
            return JSON.readValue(Files.readString(folder.spec()), RunSpec.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String line(RunEvent event) {
        return JSON.writeValueAsString(event);
    }

    static RunEvent event(String line) {
        return JSON.readValue(line, RunEvent.class);
    }
}
