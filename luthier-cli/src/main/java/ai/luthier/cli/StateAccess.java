package ai.luthier.cli;

import ai.luthier.api.catalogue.Catalogue;
import ai.luthier.api.catalogue.CatalogueEntry;
import ai.luthier.api.wire.BaseObject;
import ai.luthier.nano.NanoModel;
import ai.luthier.server.LocalToken;
import ai.luthier.server.accounts.KeyService;
import ai.luthier.server.config.Configuration;
import ai.luthier.server.http.Backend;
import ai.luthier.server.models.AddedBases;
import ai.luthier.server.models.Base;
import ai.luthier.server.models.BaseReader;
import ai.luthier.server.models.Bases;
import ai.luthier.server.models.ModelImports;
import ai.luthier.server.models.ModelRegistry;
import ai.luthier.server.store.DataDirectory;
import ai.luthier.server.store.RunningServer;
import ai.luthier.server.store.Storage;
import ai.luthier.server.wire.StoredOwner;
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

    /** What {@code work} gives on the keys and bases of this directory, whoever has it open. */
    static <T> T owner(Path data, Function<Backend.Owner, T> work) {
        Optional<ApiClient> server = server(data);
        return server.isPresent()
                ? work.apply(new RemoteOwner(server.get()))
                : withDatabase(data, opened -> work.apply(opened.owner()));
    }

    /** What {@code work} gives on the database of a directory that no server runs on. */
    private static <T> T withDatabase(Path data, Function<Opened, T> work) {
        Configuration configuration = Settings.of(data, Map.of());
        try (DataDirectory directory = DataDirectory.open(data);
                Storage storage = Storage.open(
                        directory,
                        configuration.database().url(),
                        configuration.database().connections())) {
            AddedBases added = new AddedBases(storage.database());
            Bases bases = new Bases(added, () -> embedded(data));
            KeyService keys = new KeyService(
                    storage.database(), Clock.systemUTC(), configuration.admin().organization());
            ModelImports imports = new ModelImports(
                    bases,
                    new ModelRegistry(storage.database(), directory.models()),
                    storage.database(),
                    directory.imported(),
                    Clock.systemUTC());
            return work.apply(new Opened(
                    bases,
                    new StoredOwner(
                            keys,
                            added,
                            bases,
                            imports,
                            Clock.systemUTC(),
                            new BaseReader(
                                    configuration.worker().memoryOfOneRun(),
                                    configuration.worker().way()))));
        }
    }

    /** The services that commands use. */
    private record Opened(Bases bases, Backend.Owner owner) {}

    /** The base that a name means in this directory's catalogue; empty where there is no directory or no such name. */
    static Optional<Base> base(Path data, String name) {
        Optional<ApiClient> server = server(data);
        if (server.isPresent()) {
            return new RemoteOwner(server.get())
                    .bases().stream()
                            .filter(base ->
                                    base.id().equals(name) || base.aliases().contains(name))
                            .findFirst()
                            .map(base -> base(data, base));
        }
        boolean closed = Files.isRegularFile(data.resolve("installation"));
        return closed ? withDatabase(data, opened -> opened.bases().find(name)) : Optional.empty();
    }

    private static Base base(Path data, BaseObject shown) {
        String directory = shown.directory();
        Optional<CatalogueEntry> shipped = Catalogue.standard().find(shown.id());
        return directory == null
                ? new Base(shipped.orElseThrow(), Bases.EMBEDDED, embedded(data), Optional.empty())
                : new Base(
                        shipped.orElseGet(() -> BaseLocator.unlisted(shown.id(), Path.of(directory))),
                        shown.id(),
                        Path.of(directory),
                        Optional.ofNullable(shown.chatTemplate()).map(Path::of));
    }

    private static Path embedded(Path data) {
        try {
            return NanoModel.unpack(data.resolve("embedded"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
