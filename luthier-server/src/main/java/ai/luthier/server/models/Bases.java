package ai.luthier.server.models;

import ai.luthier.api.Conflict;
import ai.luthier.api.ErrorCode;
import ai.luthier.api.LuthierException;
import ai.luthier.api.UserError;
import ai.luthier.api.catalogue.BaseSource;
import ai.luthier.api.catalogue.Catalogue;
import ai.luthier.api.catalogue.CatalogueEntry;
import ai.luthier.api.catalogue.Pricing;
import ai.luthier.api.money.Price;
import ai.luthier.api.money.Rates;
import ai.luthier.engine.checkpoint.ModelDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bases that can be tuned and served: the shipped catalogue with what the owner added to it.
 *
 * <p>An added base answers to its id and its aliases. An alias that the shipped catalogue knows ({@code gpt-4o-mini}) now means
 * the added weights, and keeps its prices, its training context and the snapshot name that answers echo.
 *
 * <p>Safe for any thread; every call sees the catalogue as it is then.
 */
public final class Bases {

    private static final Logger LOG = LoggerFactory.getLogger(Bases.class);

    /** The id of the model that the distribution carries. */
    public static final String EMBEDDED = "luthier-nano";

    private final AddedBases added;
    private final Supplier<Path> embedded;
    private final Set<Path> complainedOf = ConcurrentHashMap.newKeySet();

    /** @param embedded directory of the embedded model, unpacked where it was not yet */
    public Bases(AddedBases added, Supplier<Path> embedded) {
        this.added = added;
        this.embedded = embedded;
    }

    /** Everything a job or a question can name, tuned models aside. */
    public Catalogue catalogue() {
        return catalogue(added.list());
    }

    private Catalogue catalogue(List<AddedBase> bases) {
        Catalogue catalogue = Catalogue.standard();
        for (AddedBase base : bases) {
            var source = new BaseSource.Directory(base.source());
            List<String> known =
                    base.aliases().stream().filter(knownTo(catalogue)).toList();
            List<String> own =
                    base.aliases().stream().filter(knownTo(catalogue).negate()).toList();
            catalogue = catalogue.with(entry(base, own, source));
            for (String alias : known) {
                catalogue = catalogue.pointing(alias, source);
            }
        }
        return catalogue;
    }

    private static Predicate<String> knownTo(Catalogue catalogue) {
        return name -> catalogue.find(name).isPresent();
    }

    private CatalogueEntry entry(AddedBase base, List<String> aliases, BaseSource source) {
        LocalDate listed = LocalDate.ofInstant(base.createdAt(), ZoneOffset.UTC);
        return new CatalogueEntry(
                base.id(),
                aliases,
                source,
                context(Path.of(base.source())),
                1.0,
                new Pricing(listed, Price.FREE, Rates.FREE, Rates.FREE),
                null);
    }

    /** A directory that cannot be read now spoils its own base, not the catalogue: whoever uses it learns what is wrong. */
    private int context(Path directory) {
        try {
            return ModelDirectory.open(directory).spec().context();
        } catch (LuthierException unreadable) {
            if (complainedOf.add(directory)) {
                LOG.warn("The base in {} cannot be read: {}", directory, unreadable.text());
            }
            return 1;
        }
    }

    /** The base of an id or alias, its weights on this machine's disk; empty where the name is unknown. */
    public Optional<Base> find(String name) {
        List<AddedBase> bases = added.list();
        return catalogue(bases).find(name).map(entry -> base(entry, bases));
    }

    /** Every base whose weights lie on this machine's disk, one for each directory, the shipped ones first. */
    public List<Base> all() {
        List<AddedBase> bases = added.list();
        Map<Path, Base> byDirectory = new LinkedHashMap<>();
        for (CatalogueEntry entry : catalogue(bases).entries()) {
            if (!(entry.source() instanceof BaseSource.Hub)) {
                Base base = base(entry, bases);
                byDirectory.putIfAbsent(base.directory(), base);
            }
        }
        return List.copyOf(byDirectory.values());
    }

    /** The directory of the weights with this {@link Base#modelId}; empty where they were removed from the catalogue. */
    public Optional<Path> weights(String modelId) {
        if (modelId.equals(EMBEDDED)) {
            return Optional.of(embedded.get());
        }
        return added.list().stream()
                .filter(base -> base.id().equals(modelId))
                .map(base -> Path.of(base.source()))
                .findFirst();
    }

    /**
     * Models that were tuned on a base stand on its weights, and other weights under its name would change them without a word. A directory that
     * moved, or the same one with another template or other aliases, is the same base.
     *
     * @throws Conflict {@code INVALID_STATE} where the name has other weights, which can still be read
     */
    public void requireSameWeights(String id, Path directory) {
        Optional<Path> before = weights(id).filter(path -> !path.equals(directory));
        if (before.isPresent() && differ(before.get(), directory)) {
            throw new Conflict(
                    ErrorCode.INVALID_STATE,
                    "id",
                    "'" + id + "' is the name of other weights already, those in " + before.get()
                            + ". Choose another --id, or take them out first: luthier models remove " + id + ".");
        }
    }

    private static boolean differ(Path before, Path now) {
        try {
            return !ModelDirectory.open(before)
                    .weightsHash()
                    .equals(ModelDirectory.open(now).weightsHash());
        } catch (LuthierException | IOException gone) {
            return false;
        }
    }

    private Base base(CatalogueEntry entry, List<AddedBase> bases) {
        return switch (entry.source()) {
            case BaseSource.Embedded _ -> new Base(entry, EMBEDDED, embedded.get(), Optional.empty());
            case BaseSource.Directory directory -> {
                Optional<AddedBase> owner = bases.stream()
                        .filter(base -> base.source().equals(directory.path()))
                        .reduce((_, newest) -> newest);
                yield new Base(
                        entry,
                        owner.map(AddedBase::id).orElse(entry.id()),
                        Path.of(directory.path()),
                        owner.flatMap(base -> Optional.ofNullable(base.template()))
                                .map(Path::of));
            }
            case BaseSource.Hub hub ->
                throw new UserError(
                        ErrorCode.UNSUPPORTED_VALUE,
                        "model",
                        "The base " + entry.id() + " lies on the Hub (" + hub.repository()
                                + "), which is not fetched yet. Download it and run `luthier models add DIR --id "
                                + entry.id()
                                + "`.");
        };
    }
}
