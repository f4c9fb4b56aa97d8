package ai.luthier.server.config;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every setting there is. The name of a key gives the name of its variable: {@code files.maxBytes} is {@code LUTHIER_FILES_MAX_BYTES}.
 *
 * <p>To add one: a line here, a component in {@link Configuration}, a line in {@code ConfigurationTest}.
 */
public enum Setting {
    DATA_DIRECTORY(
            "data.directory", "luthier-data", "Folder that holds everything; relative to where the command runs."),
    SERVER_HOST("server.host", "127.0.0.1", "Address to listen on; 0.0.0.0 for all of this machine."),
    SERVER_PORT("server.port", "8080", "Port to listen on; 0 for a free one."),
    SERVER_SHUTDOWN_SECONDS(
            "server.shutdownSeconds",
            "30",
            "How long open streams get when the server ends; a worker ends after its step, with a checkpoint."),
    DATABASE_URL(
            "database.url",
            "",
            "A PostgreSQL of your own, postgresql://user:password@host:5432/database; empty for the built-in one."),
    DATABASE_CONNECTIONS("database.connections", "10", "Size of the connection pool."),
    ADMIN_KEY("admin.key", "", "API key of the owner; empty to have one made at the first start."),
    ADMIN_ORGANIZATION(
            "admin.organization", "personal", "Name of the organisation in ft: names; read at the first start only."),
    FILES_MAX_BYTES("files.maxBytes", "536870912", "Largest file that can be uploaded, in bytes."),
    JOBS_PAUSED_STATUS(
            "jobs.pausedStatus", "queued", "Status that a paused job shows: queued (the SDKs know it) or paused."),
    JOBS_OVERLONG(
            "jobs.overlong", "refuse", "Rows over the limit: refuse (the job fails) or truncate (cut at the end)."),
    JOBS_RESULT_ENCODING(
            "jobs.resultEncoding", "plain", "Content of result files: plain CSV, or base64 as OpenAI sends it."),
    WORKER_SLOTS("worker.slots", "1", "Jobs that train at the same time."),
    WORKER_THREADS("worker.threads", "0", "Threads of one training process; 0 for one for each core."),
    WORKER_HEAP("worker.heap", "1g", "Java heap of one training process (weights are outside of it)."),
    WORKER_LEASE_SECONDS("worker.leaseSeconds", "30", "Silence after which a training process counts as lost."),
    WORKER_CHECKPOINT_STEPS("worker.checkpointSteps", "50", "Steps between two recovery checkpoints, at most."),
    WORKER_CHECKPOINT_SECONDS("worker.checkpointSeconds", "60", "Seconds between two recovery checkpoints, at most."),
    WORKER_RECOMPUTE(
            "worker.recompute", "false", "Compute activations again in the backward pass: less memory, more time."),
    WORKER_DEVICE(
            "worker.device",
            "auto",
            "Where training computes: cpu, cuda, or auto: a CUDA device where the build and the machine have one."),
    WORKER_PATH(
            "worker.path",
            "auto",
            "Code that computes gradients: fast (written by hand), reference (autograd), or auto: fast where it covers the job."),
    WORKER_ACTIVATION_CACHE_BYTES(
            "worker.activationCacheBytes",
            "17179869184",
            "What a run of several epochs may keep on disk of frozen layers under trained ones; 0 for nothing."),
    WORKER_MEMORY(
            "worker.memory",
            "auto",
            "Memory that one training process may need, such as 6g: jobs that need more, by their method, rank and rows, are"
                    + " refused, and a training process that is given a number makes its passes smaller and computes"
                    + " activations again to stay within it. auto: what the machine or its container has,"
                    + " less 1 GiB for the server, divided by worker.slots."),
    MODELS_DEFAULT("models.default", "luthier-nano", "Base that has to be loadable for the server to be ready.");

    private final String key;
    private final String fallback;
    private final String description;

    Setting(String key, String fallback, String description) {
        this.key = key;
        this.fallback = fallback;
        this.description = description;
    }

    /** Its name in the file and among the flags. */
    public String key() {
        return key;
    }

    /** Its value where nobody gives one, as one would write it. */
    public String fallback() {
        return fallback;
    }

    /** One sentence for {@code --help} and the documentation. */
    public String description() {
        return description;
    }

    /** Its name in the environment. */
    public String variable() {
        return "LUTHIER_" + key.replaceAll("([A-Z])", "_$1").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** Whether its value must not be shown. */
    public boolean secret() {
        return this == ADMIN_KEY || this == DATABASE_URL;
    }

    static Optional<Setting> of(String key) {
        return Stream.of(values()).filter(setting -> setting.key.equals(key)).findFirst();
    }

    static Optional<Setting> ofVariable(String variable) {
        return Stream.of(values())
                .filter(setting -> setting.variable().equals(variable))
                .findFirst();
    }
}
