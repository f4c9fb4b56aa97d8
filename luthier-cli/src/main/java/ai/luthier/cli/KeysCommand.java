package ai.luthier.cli;

import ai.luthier.api.wire.Deleted;
import ai.luthier.api.wire.KeyObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code luthier keys}: the API keys of a data directory. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        description = "Manage API keys. Only hashes are stored; a key is shown once, when it is made.",
        subcommands = {KeysCommand.Add.class, KeysCommand.Show.class, KeysCommand.Revoke.class})
final class KeysCommand {

    private KeysCommand() {}

    /** {@code luthier keys add}. */
    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Make a key, or take one that an application uses.")
    static final class Add extends StateCommand {

        @Option(names = "--value", description = "A key in use elsewhere, such as sk-...; without it one is made.")
        private @Nullable String value;

        @Option(names = "--name", description = "What it is for (default: ${DEFAULT-VALUE}).")
        private String name = "added";

        @Option(names = "--admin", description = "It may also manage keys and bases over HTTP.")
        private boolean admin;

        @Override
        public Integer call() {
            KeyObject added = StateAccess.owner(data, owner -> owner.addKey(name, admin, value));
            String secret = added.value();
            answer(added, List.of(secret == null ? "Added " + added.hint() + "." : secret));
            String warning = added.warning();
            if (warning != null) {
                console.say("Warning: " + warning);
            }
            return 0;
        }
    }

    /** {@code luthier keys list}. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Show the keys, without their secrets.")
    static final class Show extends StateCommand {

        @Override
        public Integer call() {
            List<KeyObject> keys = StateAccess.owner(data, owner -> owner.keys());
            answer(keys, keys.stream().map(Show::line).toList());
            return 0;
        }

        private static String line(KeyObject key) {
            return TextBlock.pad(key.id(), 22) + " " + TextBlock.pad(key.name(), 20) + " "
                    + TextBlock.pad(key.role(), 7) + " " + key.hint();
        }
    }

    /** {@code luthier keys revoke}. */
    @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Make a key stop working, at once.")
    static final class Revoke extends StateCommand {

        @Parameters(paramLabel = "ID", description = "As `luthier keys list` shows it.")
        private String id;

        @Override
        public Integer call() {
            StateAccess.owner(data, owner -> {
                owner.revokeKey(id);
                return id;
            });
            answer(new Deleted(id, "luthier.key", true), List.of("Revoked " + id + "."));
            return 0;
        }
    }
}
