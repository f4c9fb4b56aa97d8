package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.wire.BaseObject;
import ai.luthier.api.wire.Deleted;
import ai.luthier.api.wire.NewBase;
import ai.luthier.server.models.hub.HubDownload;
import ai.luthier.server.models.hub.HubModelId;
import ai.luthier.server.models.hub.HubSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code luthier models}: the catalogue of bases of a data directory. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = "Manage the bases that can be tuned and served.",
        subcommands = {ModelsCommand.Add.class, ModelsCommand.Show.class, ModelsCommand.Remove.class})
final class ModelsCommand {

    private ModelsCommand() {}

    /** {@code luthier models add}. */
    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = {
                "Add a model directory in Hugging Face layout, which stays where it is, or a model of the Hugging Face Hub,"
                        + " which is downloaded below the data directory unless it lies in the Hub's cache.",
                "HF_TOKEN, HF_ENDPOINT, HF_HOME and HF_HUB_CACHE are read as by Hugging Face's own tools. A download that was"
                        + " cut goes on when started again."
            })
    static final class Add extends StateCommand {

        @Parameters(
                paramLabel = "DIR|ORG/NAME",
                description =
                        "Directory with config.json, safetensors and tokenizer.json; or a PEFT adapter; or a GGUF file;"
                                + " or a model on the Hub.")
        private String model;

        @Option(names = "--revision", description = "Branch, tag or commit on the Hub (default: ${DEFAULT-VALUE}).")
        private String revision = "main";

        @Option(names = "--id", description = "Its name in the catalogue (default: the name on the Hub).")
        private @Nullable String id;

        @Option(names = "--alias", description = "Another name, for example gpt-4o-mini; can be repeated.")
        private List<String> aliases = new ArrayList<>();

        @Option(names = "--chat-template", description = "Jinja file that replaces the directory's own template.")
        private @Nullable Path template;

        @Override
        public Integer call() {
            boolean local = Files.exists(Path.of(model)) || !HubModelId.isRepository(model);
            if (local && id == null) {
                throw new UserError(ErrorCode.USAGE, "--id", "Give the model a name in the catalogue with --id.");
            }
            String name = id == null ? model.substring(model.indexOf('/') + 1) : id;
            Path directory = local ? Path.of(model) : downloaded();
            NewBase base =
                    new NewBase(name, absolute(directory), aliases, template == null ? null : absolute(template));
            BaseObject added = StateAccess.owner(data, owner -> owner.addBase(base));
            String text = added.chats() == null || added.chats()
                    ? "Added " + added.id() + "."
                    : "Added " + name
                            + ". It has no chat template: it takes prompt/completion jobs and /v1/completions;"
                            + " --chat-template gives it one.";
            answer(added, added.warning() == null ? List.of(text) : List.of(text, added.warning()));
            return 0;
        }

        private Path downloaded() {
            HubDownload hub = new HubDownload(HubSettings.fromEnvironment(System.getenv()));
            Path found = hub.fetch(
                    new HubModelId(model, revision),
                    data.resolve("hub"),
                    (file, done, total) -> console.progress(file + ": " + (done >> 20) + " MB"
                            + (total > 0 ? " of " + (total >> 20) + " (" + 100 * done / total + " %)" : "")));
            console.endProgress();
            console.say(model + " is in " + found);
            return found;
        }

        private static String absolute(Path path) {
            return path.toAbsolutePath().normalize().toString();
        }
    }

    /** {@code luthier models list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Show the catalogue: names, weights, and what training them takes here.")
    static final class Show extends StateCommand {

        @Override
        public Integer call() {
            List<BaseObject> bases = StateAccess.owner(data, owner -> owner.bases());
            List<String> lines = new ArrayList<>(bases.stream().map(Show::line).toList());
            Map<String, BaseObject> byWeights = new LinkedHashMap<>();
            bases.forEach(base -> byWeights.putIfAbsent(base.weights(), base));
            byWeights.forEach((weights, base) -> lines.addAll(BaseText.of(weights, base)));
            answer(bases, lines);
            return 0;
        }

        private static String line(BaseObject base) {
            return TextBlock.pad(base.id(), 28) + " " + TextBlock.pad(String.join(" ", base.aliases()), 20) + " "
                    + base.weights();
        }
    }

    /** {@code luthier models remove}. */
    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Take an added base out of the catalogue; its directory stays.")
    static final class Remove extends StateCommand {

        @Parameters(paramLabel = "ID", description = "As `luthier models list` shows it.")
        private String id;

        @Override
        public Integer call() {
            StateAccess.owner(data, owner -> {
                owner.removeBase(id);
                return id;
            });
            answer(new Deleted(id, "luthier.model", true), List.of("Removed " + id + "."));
            return 0;
        }
    }
}
