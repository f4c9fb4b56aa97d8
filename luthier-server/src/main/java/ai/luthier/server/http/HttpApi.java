package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Unavailable;
import ai.luthier.api.UserError;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.URI;
import java.time.Clock;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;

/** The running web server. Safe for any thread. */
public final class HttpApi implements AutoCloseable {

    /** A model may think for long between two bytes of an answer, and a slow line may pause in an upload. */
    private static final long IDLE_MILLISECONDS = 15 * 60_000;

    private final Javalin server;
    private final HttpSettings settings;
    private final GenerationGate gate;

    private HttpApi(Javalin server, HttpSettings settings, GenerationGate gate) {
        this.server = server;
        this.settings = settings;
        this.gate = gate;
    }

    /**
     * Binds the port and answers from then on.
     *
     * @throws Unavailable where the port is taken
     */
    public static HttpApi start(Backend backend, HttpSettings settings) {
        GenerationGate gate = new GenerationGate();
        Javalin server = Javalin.create(config -> {
            webServer(config, settings);
            Authentication authentication = new Authentication(backend.keys());
            config.routes.before(context -> context.header(RequestId.HEADER, RequestId.make()));
            config.routes.beforeMatched("/v1/*", authentication::require);
            config.routes.beforeMatched("/luthier/*", authentication::require);
            config.routes.beforeMatched("/luthier/*", OwnerRoutes::requireOwner);
            table(config.routes, backend, settings, gate);
            Errors.register(config.routes);
        });
        try {
            server.start(settings.host(), settings.port());
        } catch (JavalinBindException e) {
            throw taken(settings.host(), settings.port(), e);
        }
        return new HttpApi(server, settings, gate);
    }

    /**
     * Looks whether {@link #start} could bind an address, so that nothing is made on disk for a server that cannot listen.
     *
     * @throws Unavailable where the port is taken or not allowed
     * @throws UserError INVALID_CONFIGURATION where the host is none of this machine's
     */
    public static void requireFree(String host, int port) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved() || !ofThisMachine(address.getAddress())) {
            throw new UserError(
                    ErrorCode.INVALID_CONFIGURATION,
                    "server.host",
                    "'" + host
                            + "' is no address of this machine. Choose 127.0.0.1 for this machine only, or 0.0.0.0 for"
                            + " all its addresses, with --host.");
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException e) {
            throw taken(host, port, e);
        }
    }

    private static boolean ofThisMachine(InetAddress address) {
        try {
            return address.isAnyLocalAddress()
                    || address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return true; // Binding will tell.
        }
    }

    private static Unavailable taken(String host, int port, Exception cause) {
        String why = String.valueOf(cause.getMessage()).contains("Permission denied")
                ? " is not open to this user: ports below 1024 are the administrator's."
                : " is taken by another program.";
        return new Unavailable(
                ErrorCode.UNAVAILABLE,
                "port",
                "Port " + port + " on " + host + why + " Choose another with --port, or 0 for a free one.",
                cause);
    }

    /** Every URL there is. */
    private static void table(RoutesConfig routes, Backend backend, HttpSettings settings, GenerationGate gate) {
        Bodies bodies = new Bodies(settings.bodyLimit());

        HealthRoute health = new HealthRoute(backend.health());
        routes.get("/health", health::answer);

        FileRoutes files = new FileRoutes(backend.files(), settings);
        routes.post("/v1/files", files::create);
        routes.get("/v1/files", files::list);
        routes.get("/v1/files/{id}", files::retrieve);
        routes.get("/v1/files/{id}/content", files::content);
        routes.delete("/v1/files/{id}", files::delete);

        JobRoutes jobs = new JobRoutes(backend.jobs(), bodies);
        routes.post("/v1/fine_tuning/jobs", jobs::create);
        routes.get("/v1/fine_tuning/jobs", jobs::list);
        routes.get("/v1/fine_tuning/jobs/{id}", jobs::retrieve);
        routes.post("/v1/fine_tuning/jobs/{id}/cancel", jobs::cancel);
        routes.post("/v1/fine_tuning/jobs/{id}/pause", jobs::pause);
        routes.post("/v1/fine_tuning/jobs/{id}/resume", jobs::resume);
        routes.get("/v1/fine_tuning/jobs/{id}/events", jobs::events);
        routes.get("/v1/fine_tuning/jobs/{id}/checkpoints", jobs::checkpoints);

        ModelRoutes models = new ModelRoutes(backend.models());
        routes.get("/v1/models", models::list);
        routes.get("/v1/models/<id>/export", new ExportRoute(backend.host())::export);
        routes.get("/v1/models/<id>", models::retrieve);
        routes.delete("/v1/models/<id>", models::delete);

        OwnerRoutes owner = new OwnerRoutes(backend.owner(), bodies);
        routes.get("/luthier/keys", owner::keys);
        routes.post("/luthier/keys", owner::addKey);
        routes.delete("/luthier/keys/{id}", owner::revokeKey);
        routes.get("/luthier/models", owner::bases);
        routes.post("/luthier/models", owner::addBase);
        routes.delete("/luthier/models/<id>", owner::removeBase);

        Generations generations = new Generations(backend, gate, Clock.systemUTC());
        routes.post("/v1/chat/completions", new ChatRoutes(generations, bodies)::create);
        routes.post("/v1/completions", new CompletionRoutes(generations, bodies)::create);
    }

    private static void webServer(JavalinConfig config, HttpSettings settings) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.concurrency.useVirtualThreads = true;
        config.router.ignoreTrailingSlashes = true;
        config.http.prefer405over404 = true;
        config.http.compressionStrategy = CompressionStrategy.NONE; // A compressor would hold events back.
        config.http.maxRequestSize = settings.bodyLimit();
        config.jetty.modifyServer(HttpApi::jetty);
    }

    private static void jetty(Server server) {
        server.setErrorHandler(new JsonErrorHandler());
        server.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle event) {
                for (Connector connector : server.getConnectors()) {
                    if (connector instanceof AbstractConnector idle) {
                        idle.setIdleTimeout(IDLE_MILLISECONDS);
                    }
                }
            }
        });
    }

    public int port() {
        return server.port();
    }

    /** What an SDK takes as its base URL. */
    public URI address() {
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return URI.create("http://" + host + ":" + port() + "/v1");
    }

    /** Takes no new answers, lets those under way end within {@link HttpSettings#drain}, and closes the port. */
    @Override
    public void close() {
        gate.close(settings.drain());
        server.stop();
    }
}
