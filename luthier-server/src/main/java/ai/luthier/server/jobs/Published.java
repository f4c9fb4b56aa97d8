package ai.luthier.server.jobs;

import java.util.List;

/**
 * The outcome of publishing a model or a snapshot.
 *
 * @param model its name
 * @param obsoleteFolders folders in the models folder that nothing refers to any more, to be removed by the caller
 */
public record Published(String model, List<String> obsoleteFolders) {

    public Published {
        obsoleteFolders = List.copyOf(obsoleteFolders);
    }
}
