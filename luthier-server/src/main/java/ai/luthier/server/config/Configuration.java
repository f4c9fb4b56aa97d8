package ai.luthier.server.config;

import ai.luthier.engine.tensor.Devices;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.memory.MachineMemory;
import ai.luthier.engine.train.memory.TrainingWay;
import ai.luthier.engine.train.options.Tuning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All settings of a server.
 *
 * @param dataDirectory holds everything
 */
public record Configuration(
        Path dataDirectory,
        Server server,
        Database database,
        Admin admin,
        Files files,
        Jobs jobs,
        Worker worker,
        Models models) {

    /**
     * @param host address to listen on
     * @param port 0 for a free one
     * @param shutdown time for open streams at the end
     */
    public record Server(String host, int port, Duration shutdown) {}

    /**
     * @param url of the owner's PostgreSQL; empty for the built-in one
     * @param connections size of the pool, 2 or more
     */
    public record Database(Optional<String> url, int connections) {}

    /**
     * @param key of the owner; empty to have one made
     * @param organization its part of {@code ft:} names: lower-case letters, digits and minus
     */
    public record Admin(Optional<String> key, String organization) {}

    /** @param maxBytes of one upload */
    public record Files(long maxBytes) {}

    /** How jobs behave where OpenAI leaves a choice. */
    public record Jobs(PausedStatus pausedStatus, Overlong overlong, ResultEncoding resultEncoding) {}

    /** Status that a paused job shows. */
    public enum PausedStatus {
        QUEUED,
        PAUSED
    }

    /** What happens to rows over the limit. */
    public enum Overlong {
        REFUSE,
        TRUNCATE
    }

    /** Content of result files. */
    public enum ResultEncoding {
        PLAIN,
        BASE64
    }

    /**
     * @param slots training processes at a time, 1 or more
     * @param threads of one process; 0 for one for each core
     * @param heap of one process, as Java's {@code -Xmx} takes it
     * @param lease silence after which a process counts as lost
     * @param checkpointSteps steps between two recovery checkpoints, at most
     * @param checkpointInterval time between two recovery checkpoints, at most
     * @param recompute activations in the backward pass
     * @param device that training computes on
     * @param path which code computes gradients
     * @param activationCacheBytes what a run may keep on disk of frozen layers; 0 for nothing
     * @param memory bytes that one process may need; empty for its share of the machine's
     */
    public record Worker(
            int slots,
            int threads,
            String heap,
            Duration lease,
            int checkpointSteps,
            Duration checkpointInterval,
            boolean recompute,
            Devices.Choice device,
            TrainingPath path,
            long activationCacheBytes,
            OptionalLong memory) {

        /** Bytes that one process may need, on this machine. */
        public long memoryOfOneRun() {
            return memory.orElseGet(() -> MachineMemory.here().forOneRun(slots));
        }

        /** How a process trains where a job says nothing else. */
        public TrainingWay way() {
            return new TrainingWay(
                    Tuning.LORA,
                    RunDefaults.RANK,
                    Dtype.BF16,
                    path,
                    recompute,
                    threads > 0 ? threads : Torch.availableThreads(),
                    memory.orElse(0));
        }
    }

    /** @param defaultBase has to be loadable for the server to be ready */
    public record Models(String defaultBase) {}

    /**
     * Reads flags, environment and the file {@code luthier.json} of the data directory.
     *
     * @param environment all of it; what does not begin with {@code LUTHIER_} is ignored
     * @param flags values by key, from the command line
     * @throws ai.luthier.api.UserError {@code INVALID_CONFIGURATION} with everything that is wrong
     */
    public static Configuration load(Map<String, String> environment, Map<String, String> flags) {
        return of(Values.read(environment, flags));
    }

    /** What holds where nobody says anything. */
    public static Configuration defaults() {
        return of(Values.none());
    }

    private static Configuration of(Values values) {
        var result = new Configuration(
                Path.of(values.text(Setting.DATA_DIRECTORY)),
                new Server(
                        values.text(Setting.SERVER_HOST),
                        values.integer(Setting.SERVER_PORT, 0, 65_535),
                        values.seconds(Setting.SERVER_SHUTDOWN_SECONDS)),
                new Database(
                        values.optional(Setting.DATABASE_URL), values.integer(Setting.DATABASE_CONNECTIONS, 2, 1000)),
                new Admin(
                        values.optional(Setting.ADMIN_KEY),
                        values.matching(
                                Setting.ADMIN_ORGANIZATION,
                                "[a-z0-9][a-z0-9-]{0,39}",
                                "lower-case letters, digits and minus, at most 40")),
                new Files(values.number(Setting.FILES_MAX_BYTES, 1, Long.MAX_VALUE)),
                new Jobs(
                        values.word(Setting.JOBS_PAUSED_STATUS, PausedStatus.class),
                        values.word(Setting.JOBS_OVERLONG, Overlong.class),
                        values.word(Setting.JOBS_RESULT_ENCODING, ResultEncoding.class)),
                new Worker(
                        values.integer(Setting.WORKER_SLOTS, 1, 64),
                        values.integer(Setting.WORKER_THREADS, 0, 1024),
                        values.matching(Setting.WORKER_HEAP, "[1-9][0-9]*[mgMG]", "a size such as 1g or 768m"),
                        values.seconds(Setting.WORKER_LEASE_SECONDS),
                        values.integer(Setting.WORKER_CHECKPOINT_STEPS, 1, 1_000_000),
                        values.seconds(Setting.WORKER_CHECKPOINT_SECONDS),
                        values.flag(Setting.WORKER_RECOMPUTE),
                        values.word(Setting.WORKER_DEVICE, Devices.Choice.class),
                        values.word(Setting.WORKER_PATH, TrainingPath.class),
                        values.number(Setting.WORKER_ACTIVATION_CACHE_BYTES, 0, Long.MAX_VALUE),
                        bytes(values.matching(
                                Setting.WORKER_MEMORY,
                                "auto|[1-9][0-9]{0,6}[mgMG]",
                                "auto, or a size such as 6g or 900m"))),
                new Models(values.text(Setting.MODELS_DEFAULT)));
        values.refuseProblems();
        return result;
    }

    /** Of "6g" or "900m"; empty of "auto". */
    private static OptionalLong bytes(String size) {
        if (size.equals("auto")) {
            return OptionalLong.empty();
        }
        int shift = size.toLowerCase(Locale.ROOT).endsWith("g") ? 30 : 20;
        return OptionalLong.of(Long.parseLong(size.substring(0, size.length() - 1)) << shift);
    }
}
