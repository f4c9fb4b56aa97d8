package ai.luthier.bench;

import ai.luthier.engine.train.DpoSpec;
import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.options.TrainingOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the table of memory: what is trained, how, and on what.
 *
 * @param model a directory or the name of a {@link Shape}
 * @param batch examples of a step
 * @param length tokens of every row
 * @param steps of the run
 * @param threads of the run
 * @param ragged whether rows have between a sixteenth of that and all of it
 * @param pairs whether examples are preference pairs
 * @param memory bytes that the worker may take; 0 for as many as it takes
 * @param options by the keys of a job's object {@code luthier}
 * @param given the same as they were written
 */
record MemorySetting(
        String model,
        int batch,
        int length,
        int steps,
        int threads,
        boolean ragged,
        boolean pairs,
        long memory,
        TrainingOptions options,
        String given) {

    private static final int POSITIONAL = 4;

    /** {@code MODEL BATCH LENGTH STEPS [threads=N] [ragged] [dpo] [memory=BYTES] [KEY=VALUE…]}. */
    static MemorySetting of(List<String> arguments) {
        if (arguments.size() < POSITIONAL) {
            throw new IllegalArgumentException(
                    "MODEL BATCH LENGTH STEPS [threads=N] [ragged] [dpo] [memory=BYTES] [KEY=VALUE…], not "
                            + arguments);
        }
        Map<String, Object> keys = new LinkedHashMap<>();
        List<String> shown = new ArrayList<>();
        int threads = 1;
        long memory = 0;
        boolean ragged = false;
        boolean pairs = false;
        for (String argument : arguments.subList(POSITIONAL, arguments.size())) {
            String[] parts = argument.split("=", 2);
            String value = parts.length > 1 ? parts[1] : "true";
            switch (parts[0]) {
                case "threads" -> threads = Integer.parseInt(value);
                case "memory" -> memory = Long.parseLong(value);
                case "ragged" -> ragged = true;
                case "dpo" -> pairs = true;
                default -> keys.put(parts[0], typed(value));
            }
            shown.add(parts[0].equals("memory") ? "memory " + (memory >> 20) + " MiB" : argument.replace('=', ' '));
        }
        return new MemorySetting(
                arguments.get(0),
                Integer.parseInt(arguments.get(1)),
                Integer.parseInt(arguments.get(2)),
                Integer.parseInt(arguments.get(3)),
                threads,
                ragged,
                pairs,
                memory,
                TrainingOptions.read(keys, TrainingOptions.DEFAULTS, "luthier"),
                String.join(", ", shown));
    }

    private static Object typed(String value) {
        if (value.equals("true") || value.equals("false")) {
            return Boolean.valueOf(value);
        }
        return value.matches("\\d+") ? Integer.valueOf(value) : value;
    }

    /** The run of a base over a file. */
    RunSpec spec(Path base, Path file) {
        return new RunSpec(
                base,
                "measured",
                Optional.empty(),
                Optional.empty(),
                file,
                Optional.empty(),
                options.rank(),
                options.alpha(),
                1,
                batch,
                1e-4,
                RunDefaults.WARMUP,
                RunDefaults.MAX_GRADIENT_NORM,
                0,
                1,
                options.precision(),
                length,
                Overlong.TRUNCATE,
                RunDefaults.CHECKPOINT_STEPS,
                RunDefaults.CHECKPOINT_SECONDS,
                threads,
                options.recompute(),
                options.path(),
                pairs ? Optional.of(DpoSpec.DEFAULTS) : Optional.empty(),
                Instant.now(),
                options.tuning());
    }
}
