package ai.luthier.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What all commands about the state in a data directory take. They go through the server that runs on it, if one does. */
abstract class StateCommand implements Callable<Integer> {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Option(names = "--data", description = "Data directory (default: ${DEFAULT-VALUE}).")
    Path data = Path.of("luthier-data");

    @Option(names = "--json", description = "JSON instead of text.")
    boolean json;

    final Console console = Console.standard();

    /** Prints the result, in one of its two forms. */
    final void answer(Object result, List<String> text) {
        if (json) {
            console.print(JSON.writeValueAsString(result));
        } else {
            text.forEach(console::print);
        }
    }
}
