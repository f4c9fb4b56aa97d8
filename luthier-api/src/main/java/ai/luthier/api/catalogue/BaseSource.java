package ai.luthier.api.catalogue;

/** Where the weights of a base come from. */
public sealed interface BaseSource {

    /** The model that the distribution carries. */
    record Embedded() implements BaseSource {}

    /**
     * A Hugging Face directory on this machine.
     *
     * @param path absolute
     */
    record Directory(String path) implements BaseSource {}

    /**
     * A repository on the Hugging Face Hub.
     *
     * @param repository {@code owner/name}
     * @param revision branch, tag or commit
     */
    record Hub(String repository, String revision) implements BaseSource {}
}
