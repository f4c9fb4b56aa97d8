package ai.luthier.server.models;

import ai.luthier.api.catalogue.CatalogueEntry;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A base of the catalogue whose weights lie on this machine.
 *
 * @param entry     its names, prices and dates
 * @param modelId   of the weights behind the name: bases that share weights share it
 * @param directory in Hugging Face layout
 * @param template  file with a chat template that replaces the directory's own
 */
public record Base(CatalogueEntry entry, String modelId, Path directory, Optional<Path> template) {}
