package ai.luthier.cli;

import ai.luthier.server.accounts.ApiKey;
import ai.luthier.server.accounts.Caller;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code luthier keys}: API keys, in a data directory that no server runs on. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        description = "Manage API keys. Only hashes are stored; a key is shown once, when it is made.",
        subcommands = {KeysCommand.Add.class, KeysCommand.Show.class, KeysCommand.Revoke.class})
final class KeysCommand {

    private KeysCommand() {}

    /** What all key commands take. */
    abstract static class KeyCommand implements Callable<Integer> {

        @Option(names = "--data", description = "Data directory (default: ${DEFAULT-VALUE}).")
        Path data = Path.of("luthier-data");

        final Console console = Console.standard();
    }

    /** {@code luthier keys add}. */
    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Make a key, or take one that an application uses.")
    static final class Add extends KeyCommand {

        @Option(names = "--value", description = "A key in use elsewhere, such as sk-...; without it one is made.")
        private @Nullable String value;

        @Option(names = "--name", description = "What it is for (default: ${DEFAULT-VALUE}).")
        private String name = "added";

        @Override
        public Integer call() {
            console.print(StateAccess.withDatabase(data, opened -> {
                if (value == null) {
                    return opened.keys().create(name, Caller.Role.ADMIN).secret();
                }
                ApiKey added = opened.keys().add(name, Caller.Role.ADMIN, value);
                return "Added " + added.hint() + ".";
            }));
            return 0;
        }
    }

    /** {@code luthier keys list}. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Show the keys, without their secrets.")
    static final class Show extends KeyCommand {

        @Override
        public Integer call() {
            StateAccess.withDatabase(
                            data, opened -> opened.keys().list(opened.keys().owner()))
                    .forEach(key -> line(key.id(), key.name(), key.hint()));
            return 0;
        }

        private void line(String id, String name, String hint) {
            console.print(TextBlock.pad(id, 22) + " " + TextBlock.pad(name, 20) + " " + hint);
        }
    }

    /** {@code luthier keys revoke}. */
    @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Make a key stop working, at once.")
    static final class Revoke extends KeyCommand {

        @Parameters(paramLabel = "ID", description = "As `luthier keys list` shows it.")
        private String id;

        @Override
        public Integer call() {
            StateAccess.withDatabase(data, opened -> {
                opened.keys().revoke(opened.keys().owner(), id);
                return id;
            });
            console.print("Revoked " + id + ".");
            return 0;
        }
    }
}
