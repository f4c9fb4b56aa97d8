package ai.luthier.cli;

import ai.luthier.api.catalogue.BaseSource;
import ai.luthier.api.catalogue.CatalogueEntry;

/** Where a base's weights are, in words. */
final class Weights {

    private Weights() {}

    static String of(CatalogueEntry entry) {
        return switch (entry.source()) {
            case BaseSource.Embedded _ -> "embedded (luthier-nano)";
            case BaseSource.Directory directory -> directory.path();
            case BaseSource.Hub hub -> hub.repository() + " at " + hub.revision();
        };
    }
}
