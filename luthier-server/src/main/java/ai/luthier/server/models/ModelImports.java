package ai.luthier.server.models;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.gguf.GgufModel;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.DurableFiles;
import ai.luthier.server.store.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes models in that others made: a GGUF file becomes a directory of the data directory, which is then a base like others; a PEFT
 * adapter becomes a fine-tuned model of the owner, on a base that is in the catalogue. Safe for any thread.
 */
public final class ModelImports {

    private final Bases bases;
    private final ModelRegistry registry;
    private final Database database;
    private final Path folder;
    private final Clock clock;

    /** @param folder where GGUF files are unpacked to; made when the first one comes */
    public ModelImports(Bases bases, ModelRegistry registry, Database database, Path folder, Clock clock) {
        this.bases = bases;
        this.registry = registry;
        this.database = database;
        this.folder = folder;
        this.clock = clock;
    }

    /** Whether this is one GGUF file. */
    public static boolean isGguf(Path given) {
        return Files.isRegularFile(given)
                && given.toString().toLowerCase(Locale.ROOT).endsWith(".gguf");
    }

    /** Whether this is a directory that peft wrote. */
    public static boolean isAdapter(Path given) {
        return Files.isRegularFile(given.resolve("adapter_config.json"));
    }

    /**
     * Unpacks a GGUF file, once: a second file under the same name of a base replaces nothing, for models may stand on the first.
     *
     * @param id of the base that it becomes
     * @return its directory, in Hugging Face layout
     * @throws UserError INVALID_MODEL where it cannot be read or its tokenizer cannot be rebuilt, with the reason
     */
    public Path unpack(Path file, String id) {
        try (GgufModel model = GgufModel.open(file)) {
            Files.createDirectories(folder);
            Path target = folder.resolve(id.replaceAll("[^A-Za-z0-9._-]", "-") + "-" + Ids.random(8));
            model.unpack(target);
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot import " + file, e);
        }
    }

    /** Removes what {@link #unpack} made, where it did not become a base after all. */
    public void discard(Path unpacked) {
        if (!folder.equals(unpacked.getParent())) {
            throw new IllegalArgumentException(unpacked + " was not unpacked here");
        }
        try {
            DurableFiles.deleteTree(unpacked);
        } catch (IOException e) {
            throw new UncheckedIOException(unpacked + " stays behind", e);
        }
    }

    /**
     * An adapter that became a model.
     *
     * @param warning what its owner should know of its base; null where the base is proved by its hash
     */
    public record ImportedAdapter(
            String model, Base base, @Nullable String warning) {}

    /**
     * Copies an adapter into the registry, under {@code ft:<base>:<organisation>:<id>:…}.
     *
     * @throws UserError MODEL_NOT_FOUND where its base is not in the catalogue, INVALID_MODEL where it does not fit it
     */
    public ImportedAdapter adapter(Caller owner, Path directory, String id) {
        try {
            Found found = baseOf(directory);
            ModelDirectory base = ModelDirectory.open(found.base().directory());
            Path target = registry.folder(registry.newFolder());
            try (LoraAdapter adapter = PeftDirectory.read(directory, base.spec())) {
                Optional<Path> template =
                        PeftDirectory.template(directory).or(() -> found.base().template());
                PeftDirectory.write(
                        target,
                        adapter,
                        new PeftDirectory.Base(found.base().modelId(), base.weightsHash(), base.path(), template));
            }
            String name = ModelName.tuned(found.base().entry().id(), owner.slug(), id, Ids.random(8))
                    .toString();
            PublishedModel model = new PublishedModel(
                    name,
                    owner.organizationId(),
                    owner.projectId(),
                    found.base().entry().id(),
                    PublishedModel.Kind.TUNED,
                    null,
                    String.valueOf(target.getFileName()),
                    clock.instant());
            database.write(handle -> {
                ModelRegistry.insert(handle, model);
                return name;
            });
            return new ImportedAdapter(name, found.base(), found.warning());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot import the adapter in " + directory, e);
        }
    }

    /** A base, and whether it is only its name that says so. */
    private record Found(Base base, @Nullable String warning) {}

    private Found baseOf(Path directory) throws IOException {
        Optional<PeftDirectory.Provenance> provenance = PeftDirectory.provenance(directory);
        if (provenance.isPresent()) {
            return new Found(byHash(directory, provenance.get()), null);
        }
        String name = PeftDirectory.baseName(directory);
        String last = name.substring(name.lastIndexOf('/') + 1);
        Base base = bases.find(name)
                .or(() -> bases.find(last))
                .orElseThrow(() -> new UserError(
                        ErrorCode.MODEL_NOT_FOUND,
                        "directory",
                        directory + " is an adapter for '" + name
                                + "', which is not in the catalogue. Add that model first, with --id " + last + "."));
        return new Found(
                base,
                "The adapter names its base only by '" + name + "'. It was put on "
                        + base.entry().id() + "; nothing proves that these are the weights that it was trained on.");
    }

    private Base byHash(Path directory, PeftDirectory.Provenance provenance) throws IOException {
        List<Base> all = bases.catalogue().entries().stream()
                .flatMap(entry -> bases.find(entry.id()).stream())
                .sorted((a, b) -> Boolean.compare(
                        b.modelId().equals(provenance.id()), a.modelId().equals(provenance.id())))
                .toList();
        Set<Path> seen = new HashSet<>();
        for (Base base : all) {
            if (seen.add(base.directory())
                    && ModelDirectory.open(base.directory()).weightsHash().equals(provenance.sha256())) {
                return base;
            }
        }
        throw new UserError(
                ErrorCode.MODEL_NOT_FOUND,
                "directory",
                directory + " is an adapter for '" + provenance.id() + "' with the SHA-256 " + provenance.sha256()
                        + ". No base of the catalogue has these weights; add them first.");
    }
}
