package ai.luthier.cli;

import ai.luthier.api.LuthierException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Entry point of the {@code luthier} command: the list of what it can do, and the one place where a failure becomes a
 * message and an exit code (those of {@link ai.luthier.api.ErrorCode}).
 */
@Command(
        name = "luthier",
        mixinStandardHelpOptions = true,
        version = "luthier 0.1.0",
        description = "The fine-tuning platform you run yourself, behind the API you already use.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            CheckCommand.class,
            InspectCommand.class,
            RenderCommand.class,
            TokenizeCommand.class,
            TrainCommand.class,
            ScoreCommand.class,
            ChatCommand.class,
            ExportCommand.class,
            PretrainCommand.class,
            KeysCommand.class,
            ModelsCommand.class
        })
public final class Main implements Callable<Integer> {

    private static final int USAGE = 2;
    private static final int FAULT = 70;

    private Main() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        CommandLine line = new CommandLine(new Main())
                .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, command))
                .setCaseInsensitiveEnumValuesAllowed(true);
        try {
            JdkCheck.requireSafeJdk(Runtime.version());
        } catch (LuthierException unsafe) {
            return explain(unsafe, line);
        }
        return line.execute(arguments);
    }

    /** Without a command: the help, and the exit code for wrong usage. */
    @Override
    public Integer call() {
        CommandLine.usage(this, System.err);
        return USAGE;
    }

    private static int explain(Exception failure, CommandLine line) {
        if (failure instanceof LuthierException known) {
            line.getErr().println("luthier: " + known.text());
            return known.code().exitCode();
        }
        line.getErr().println("luthier: this should not have happened. Please report it with the lines below.");
        failure.printStackTrace(line.getErr());
        return FAULT;
    }
}
