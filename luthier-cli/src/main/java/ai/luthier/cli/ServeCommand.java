package ai.luthier.cli;

import ai.luthier.server.LuthierServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code luthier serve}: the server, until it is told to stop. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description =
                "Run the server. It stops at Ctrl-C or SIGTERM: streams end, workers write a checkpoint, jobs go on at the"
                        + " next start.",
        footer = {
            "",
            "Every setting can also come from luthier.json in the data directory or from a variable:",
            "server.port is LUTHIER_SERVER_PORT. docs/configuration.md lists them all."
        })
final class ServeCommand implements Callable<Integer> {

    @Option(names = "--port", description = "Port to listen on; 0 for a free one (default: 8080).")
    private @Nullable Integer port;

    @Option(
            names = "--host",
            description = "Address to listen on; 0.0.0.0 for all of this machine (default: 127.0.0.1).")
    private @Nullable String host;

    @Option(names = "--data", description = "Data directory (default: luthier-data).")
    private @Nullable Path data;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Any setting, by its key; can be repeated.")
    private Map<String, String> settings = new HashMap<>();

    private final Console console = Console.standard();

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> flags = new HashMap<>(settings);
        if (port != null) {
            flags.put("server.port", port.toString());
        }
        if (host != null) {
            flags.put("server.host", host);
        }
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(stop, stopped), "stop"));
        try (LuthierServer server = LuthierServer.start(Settings.load(data, flags))) {
            console.print("export OPENAI_BASE_URL=" + server.baseUrl());
            console.print("export OPENAI_API_KEY=" + server.firstKey().orElse("<your key>"));
            server.firstKey()
                    .ifPresentOrElse(
                            _ -> console.say(
                                    "\nThis key is shown once; Luthier stores only its hash. `luthier keys add` makes others."),
                            () -> console.say("\nUse a key that you have, or make one with `luthier keys add`."));
            stop.await();
            console.say("Stopping: streams end, workers write their checkpoints ...");
        } finally {
            stopped.countDown();
        }
        return 0;
    }

    private static void stopAndWait(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
