package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.catalogue.BaseSource;
import ai.luthier.api.catalogue.Catalogue;
import ai.luthier.api.catalogue.CatalogueEntry;
import ai.luthier.api.catalogue.Pricing;
import ai.luthier.api.money.Price;
import ai.luthier.api.money.Rates;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.nano.NanoModel;
import ai.luthier.server.models.Base;
import ai.luthier.server.models.Bases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * Finds the base that a command without a server names: a directory in Hugging Face layout, or a name of the catalogue.
 */
final class BaseLocator {

    private BaseLocator() {}

    /**
     * The base behind {@code model}.
     *
     * @param data data directory, in which the embedded model is unpacked and added bases are known
     * @throws UserError where it is neither a directory nor a known name
     */
    static Base find(String model, Path data) throws IOException {
        Path directory = Path.of(model);
        if (Files.isRegularFile(directory.resolve("config.json"))) {
            return ofDirectory(model, directory.toAbsolutePath().normalize());
        }
        Optional<Base> known = StateAccess.base(data, model);
        if (known.isPresent()) {
            return known.get();
        }
        CatalogueEntry entry = Catalogue.standard()
                .find(model)
                .orElseThrow(() -> new UserError(
                        ErrorCode.MODEL_NOT_FOUND,
                        "--model",
                        "There is no base '" + model + "': it is neither a directory with a config.json nor a name that"
                                + " `luthier models list` shows."));
        return new Base(entry, Bases.EMBEDDED, NanoModel.unpack(data.resolve("embedded")), Optional.empty());
    }

    private static Base ofDirectory(String name, Path directory) {
        return new Base(unlisted(name, directory), name, directory, Optional.empty());
    }

    /** The entry of weights that no price list knows. */
    static CatalogueEntry unlisted(String name, Path directory) {
        return new CatalogueEntry(
                name,
                List.of(),
                new BaseSource.Directory(directory.toString()),
                ModelDirectory.open(directory).spec().context(),
                1.0,
                new Pricing(LocalDate.EPOCH, Price.FREE, Rates.FREE, Rates.FREE),
                null);
    }
}
