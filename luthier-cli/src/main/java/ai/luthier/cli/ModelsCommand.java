package ai.luthier.cli;

import ai.luthier.api.catalogue.CatalogueEntry;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.server.models.AddedBase;
import ai.luthier.text.tokens.ExampleEncoder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code luthier models}: the catalogue of bases, in a data directory that no server runs on. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = "Manage the bases that can be tuned and served.",
        subcommands = {ModelsCommand.Add.class, ModelsCommand.Show.class, ModelsCommand.Remove.class})
final class ModelsCommand {

    private ModelsCommand() {}

    /** What all model commands take. */
    abstract static class ModelCommand implements Callable<Integer> {

        @Option(names = "--data", description = "Data directory (default: ${DEFAULT-VALUE}).")
        Path data = Path.of("luthier-data");

        final Console console = Console.standard();
    }

    /** {@code luthier models add}. */
    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Add a model directory in Hugging Face layout. It stays where it is.")
    static final class Add extends ModelCommand {

        @Parameters(paramLabel = "DIR", description = "With config.json, safetensors and tokenizer.json.")
        private Path directory;

        @Option(names = "--id", required = true, description = "Its name in the catalogue.")
        private String id;

        @Option(names = "--alias", description = "Another name, for example gpt-4o-mini; can be repeated.")
        private List<String> aliases = new ArrayList<>();

        @Option(names = "--chat-template", description = "Jinja file that replaces the directory's own template.")
        private @Nullable Path template;

        @Override
        public Integer call() {
            Path path = directory.toAbsolutePath().normalize();
            Optional<Path> chosen = Optional.ofNullable(template)
                    .map(file -> file.toAbsolutePath().normalize());
            boolean chats = check(path, chosen);
            String templatePath = chosen.map(Path::toString).orElse(null);
            AddedBase base = new AddedBase(id, path.toString(), templatePath, aliases, Instant.now());
            StateAccess.withDatabase(data, opened -> {
                opened.added().add(base);
                return id;
            });
            console.print("Added " + id
                    + (chats
                            ? "."
                            : ". It has no chat template: it takes prompt/completion jobs and"
                                    + " /v1/completions; --chat-template gives it one."));
            return 0;
        }

        /** Refuses what could not be loaded later; answers whether the model can be asked in messages. */
        private static boolean check(Path directory, Optional<Path> template) {
            ModelDirectory.open(directory).decoder(Dtype.BF16).close();
            try (ExampleEncoder encoder = ExampleEncoder.load(directory, template)) {
                return encoder.chats();
            }
        }
    }

    /** {@code luthier models list}. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Show the catalogue.")
    static final class Show extends ModelCommand {

        @Override
        public Integer call() {
            for (CatalogueEntry entry : StateAccess.withDatabase(
                            data, opened -> opened.bases().catalogue())
                    .entries()) {
                line(entry.id(), entry.aliases(), Weights.of(entry));
            }
            return 0;
        }

        private void line(String id, List<String> aliases, String weights) {
            console.print(TextBlock.pad(id, 28) + " " + TextBlock.pad(String.join(" ", aliases), 20) + " " + weights);
        }
    }

    /** {@code luthier models remove}. */
    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Take an added base out of the catalogue; its directory stays.")
    static final class Remove extends ModelCommand {

        @Parameters(paramLabel = "ID", description = "As `luthier models list` shows it.")
        private String id;

        @Override
        public Integer call() {
            StateAccess.withDatabase(data, opened -> {
                opened.added().remove(id);
                return id;
            });
            console.print("Removed " + id + ".");
            return 0;
        }
    }
}
