package ai.luthier.cli;

import ai.luthier.nano.NanoModel;
import ai.luthier.server.LocalToken;
import ai.luthier.server.accounts.KeyService;
import ai.luthier.server.config.Configuration;
import ai.luthier.server.models.AddedBases;
import ai.luthier.server.models.Base;
import ai.luthier.server.models.Bases;
import ai.luthier.server.store.DataDirectory;
import ai.luthier.server.store.RunningServer;
import ai.luthier.server.store.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a command gets at the state in a data directory: by opening its database, which is possible while no server runs on it, or
 * through the running server.
 */
final class StateAccess {

    private StateAccess() {}

    /** A client of the server that runs on this directory, as its owner; empty where none does. */
    static Optional<ApiClient> server(Path data) {
        return DataDirectory.running(data)
                .flatMap(RunningServer::url)
                .flatMap(url -> LocalToken.read(data).map(token -> new ApiClient(url, token)));
    }

    /** What {@code work} gives on the database of a directory that no server runs on. */
    static <T> T withDatabase(Path data, Function<Opened, T> work) {
        Configuration configuration = Settings.of(data, Map.of());
        try (DataDirectory directory = DataDirectory.open(data);
                Storage storage = Storage.open(
                        directory,
                        configuration.database().url(),
                        configuration.database().connections())) {
            Bases bases = new Bases(new AddedBases(storage.database()), () -> embedded(data));
            KeyService keys = new KeyService(
                    storage.database(), Clock.systemUTC(), configuration.admin().organization());
            return work.apply(new Opened(bases, new AddedBases(storage.database()), keys));
        }
    }

    /** The services that commands use. */
    record Opened(Bases bases, AddedBases added, KeyService keys) {}

    /** A base that the owner added to this directory's catalogue; looks only where there is a directory. */
    static Optional<Base> added(Path data, String name) {
        if (!Files.isDirectory(data.resolve("postgres"))
                || DataDirectory.running(data).isPresent()) {
            return Optional.empty();
        }
        return withDatabase(data, opened -> opened.bases().find(name));
    }

    private static Path embedded(Path data) {
        try {
            return NanoModel.unpack(data.resolve("embedded"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
