package ai.luthier.server.wire;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.LuthierException;
import ai.luthier.api.UserError;
import ai.luthier.api.catalogue.BaseSource;
import ai.luthier.api.catalogue.CatalogueEntry;
import ai.luthier.api.wire.BaseFacts;
import ai.luthier.api.wire.BaseObject;
import ai.luthier.api.wire.KeyObject;
import ai.luthier.api.wire.NewBase;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.server.accounts.ApiKey;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.accounts.KeyService;
import ai.luthier.server.http.Backend;
import ai.luthier.server.models.AddedBase;
import ai.luthier.server.models.AddedBases;
import ai.luthier.server.models.Base;
import ai.luthier.server.models.BaseReader;
import ai.luthier.server.models.Bases;
import ai.luthier.server.models.ModelImports;
import ai.luthier.text.tokens.ExampleEncoder;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keys and bases of the installation, for its owner. */
public final class StoredOwner implements Backend.Owner {

    /** A key that somebody made up is guessed by trying; one of this length of random letters is not. */
    private static final int LONG_ENOUGH = 24;

    private static final String QUANTISED = "Its weights are quantised: it can be asked, but not tuned.";

    private final KeyService keys;
    private final AddedBases added;
    private final Bases bases;
    private final ModelImports imports;
    private final Clock clock;
    private final BaseReader reader;

    /** @param reader tells what bases are and need */
    public StoredOwner(
            KeyService keys, AddedBases added, Bases bases, ModelImports imports, Clock clock, BaseReader reader) {
        this.reader = reader;
        this.imports = imports;
        this.keys = keys;
        this.added = added;
        this.bases = bases;
        this.clock = clock;
    }

    @Override
    public List<KeyObject> keys() {
        return keys.list(keys.owner()).stream()
                .map(key -> wire(key, null, null))
                .toList();
    }

    @Override
    public KeyObject addKey(String name, boolean admin, @Nullable String value) {
        Caller.Role role = admin ? Caller.Role.ADMIN : Caller.Role.MEMBER;
        if (value == null) {
            ApiKey.Fresh fresh = keys.create(name, role);
            return wire(fresh.key(), fresh.secret(), null);
        }
        return wire(keys.add(name, role, value), null, value.length() < LONG_ENOUGH ? tooShort(value) : null);
    }

    private static String tooShort(String value) {
        return "This key has only " + value.length() + " characters and can be guessed by trying. Use one of "
                + LONG_ENOUGH + " random characters or more before others can reach this server.";
    }

    @Override
    public void revokeKey(String id) {
        keys.revoke(keys.owner(), id);
    }

    /** What weights are is read once for all the names that they have. */
    @Override
    public List<BaseObject> bases() {
        Map<Path, Known> read = new HashMap<>();
        return bases.catalogue().entries().stream()
                .map(entry -> wire(entry, null, read))
                .toList();
    }

    /** What could be read of a base, or why it could not. */
    private record Known(
            @Nullable BaseFacts facts, @Nullable String warning) {}

    private Known known(Base base) {
        try {
            BaseFacts facts = reader.read(base);
            return new Known(facts, facts.training().isEmpty() ? QUANTISED : null);
        } catch (LuthierException unreadable) {
            return new Known(null, unreadable.text());
        }
    }

    /** Loads the model first, so that what cannot be loaded is refused now and not at the first question. */
    @Override
    public BaseObject addBase(NewBase base) {
        Path given = absolute(base.directory(), "directory");
        if (ModelImports.isAdapter(given)) {
            ModelImports.ImportedAdapter adapter = imports.adapter(keys.owner(), given, base.id());
            return wire(adapter);
        }
        Optional<Path> template = Optional.ofNullable(base.chatTemplate()).map(path -> absolute(path, "chat_template"));
        @Nullable String templatePath = template.map(Path::toString).orElse(null);
        AddedBases.check(new AddedBase(base.id(), given.toString(), templatePath, base.aliases(), clock.instant()));
        boolean chats;
        if (ModelImports.isGguf(given)) {
            Path unpacked = imports.unpack(given, base.id());
            try {
                chats = add(base, unpacked, template);
            } catch (RuntimeException refused) {
                imports.discard(unpacked);
                throw refused;
            }
        } else {
            chats = add(base, given, template);
        }
        return wire(bases.catalogue().find(base.id()).orElseThrow(), chats, new HashMap<>());
    }

    /** Whether it can be asked in messages. */
    private boolean add(NewBase base, Path directory, Optional<Path> template) {
        ModelDirectory.open(directory).decoder(Dtype.BF16).close();
        boolean chats;
        try (ExampleEncoder encoder = ExampleEncoder.load(directory, template)) {
            chats = encoder.chats();
        }
        bases.requireSameWeights(base.id(), directory);
        added.add(new AddedBase(
                base.id(),
                directory.toString(),
                template.map(Path::toString).orElse(null),
                base.aliases(),
                clock.instant()));
        return chats;
    }

    @Override
    public void removeBase(String id) {
        added.remove(id);
    }

    private static Path absolute(String path, String param) {
        Path given = Path.of(path);
        if (!given.isAbsolute()) {
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    param,
                    "'" + path + "' is not an absolute path. The server does not know the folder that you are in.");
        }
        return given.normalize();
    }

    private static KeyObject wire(ApiKey key, @Nullable String value, @Nullable String warning) {
        return new KeyObject(
                key.id(),
                key.name(),
                key.role().name().toLowerCase(Locale.ROOT),
                key.hint(),
                key.createdAt().getEpochSecond(),
                value,
                warning);
    }

    /** An adapter is no base: it comes out under the name that it is asked by. */
    private static BaseObject wire(ModelImports.ImportedAdapter adapter) {
        return new BaseObject(
                adapter.model(),
                List.of(),
                "an adapter on " + adapter.base().entry().id(),
                null,
                null,
                context(adapter.base().entry()),
                null,
                null,
                adapter.warning());
    }

    private BaseObject wire(CatalogueEntry entry, @Nullable Boolean chats, Map<Path, Known> read) {
        @Nullable String directory = entry.source() instanceof BaseSource.Directory(String path) ? path : null;
        Optional<Base> base = entry.source() instanceof BaseSource.Hub ? Optional.empty() : bases.find(entry.id());
        Known known = base.map(each -> read.computeIfAbsent(each.directory(), _ -> known(each)))
                .orElse(new Known(null, null));
        return new BaseObject(
                entry.id(),
                entry.aliases(),
                weights(entry.source()),
                directory,
                directory == null
                        ? null
                        : base.flatMap(Base::template).map(Path::toString).orElse(null),
                context(entry),
                chats,
                known.facts(),
                known.warning());
    }

    private static @Nullable Integer context(CatalogueEntry entry) {
        return entry.trainingContext() == CatalogueEntry.UNDOCUMENTED ? null : entry.trainingContext();
    }

    private static String weights(BaseSource source) {
        return switch (source) {
            case BaseSource.Embedded _ -> "embedded (luthier-nano)";
            case BaseSource.Directory directory -> directory.path();
            case BaseSource.Hub hub -> hub.repository() + " at " + hub.revision();
        };
    }
}
