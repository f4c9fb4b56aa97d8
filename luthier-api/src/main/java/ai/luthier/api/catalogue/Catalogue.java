package ai.luthier.api.catalogue;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The bases, by id and alias. Immutable; changes give a new catalogue.
 *
 * <p>{@link #standard()} knows the names that OpenAI lets one tune, all of them pointing at the embedded model, so that an
 * application runs unchanged before its owner has chosen a larger one; {@link #pointing} is that choice.
 */
public final class Catalogue {

    private final Map<String, CatalogueEntry> byId;
    private final Map<String, String> idByAlias;

    private Catalogue(Collection<CatalogueEntry> entries) {
        byId = new LinkedHashMap<>();
        idByAlias = new LinkedHashMap<>();
        for (CatalogueEntry entry : entries) {
            claim(entry, byId.putIfAbsent(entry.id(), entry) != null, entry.id());
        }
        for (CatalogueEntry entry : entries) {
            for (String alias : entry.aliases()) {
                boolean taken = byId.containsKey(alias) || idByAlias.putIfAbsent(alias, entry.id()) != null;
                claim(entry, taken, alias);
            }
        }
    }

    private static void claim(CatalogueEntry entry, boolean taken, String name) {
        if (taken) {
            throw new UserError(
                    ErrorCode.INVALID_CONFIGURATION,
                    null,
                    "The base " + entry.id() + " cannot be called '" + name + "': another base has that name.");
        }
    }

    /** The embedded model, and OpenAI's names pointing at it. */
    public static Catalogue standard() {
        return new Catalogue(StandardBases.all());
    }

    /** A catalogue of exactly these bases. */
    public static Catalogue of(Collection<CatalogueEntry> entries) {
        return new Catalogue(entries);
    }

    /** All bases in the order in which they were listed. */
    public List<CatalogueEntry> entries() {
        return List.copyOf(byId.values());
    }

    /** The base of an id or alias; empty where the name is unknown. */
    public Optional<CatalogueEntry> find(String name) {
        String id = idByAlias.getOrDefault(name, name);
        return Optional.ofNullable(byId.get(id));
    }

    /** The snapshot that a name stands for; the name itself where it is unknown. */
    public String snapshot(String name) {
        return idByAlias.getOrDefault(name, name);
    }

    /** This catalogue with one more base. */
    public Catalogue with(CatalogueEntry entry) {
        List<CatalogueEntry> entries = new ArrayList<>(byId.values());
        entries.add(entry);
        return new Catalogue(entries);
    }

    /**
     * This catalogue with other weights behind a known name; prices, training context and snapshot of the name stay.
     *
     * @throws UserError ({@link ErrorCode#MODEL_NOT_FOUND}) if the name is unknown
     */
    public Catalogue pointing(String name, BaseSource source) {
        CatalogueEntry chosen = find(name)
                .orElseThrow(() -> new UserError(
                        ErrorCode.MODEL_NOT_FOUND, "model", "The catalogue has no base called '" + name + "'."));
        return new Catalogue(byId.values().stream()
                .map(entry -> entry.equals(chosen) ? entry.withSource(source) : entry)
                .toList());
    }
}
