package ai.luthier.server.http.request;

import ai.luthier.api.wire.AutoOrNumber;
import ai.luthier.api.wire.FineTuningJobRequest;
import ai.luthier.api.wire.FineTuningMethod;
import ai.luthier.api.wire.Hyperparameters;
import ai.luthier.engine.train.options.TrainingOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the body of {@code POST /v1/fine_tuning/jobs}. */
public final class JobRequestReader {

    private static final List<String> METHODS = List.of("supervised", "dpo", "reinforcement");
    private static final double MAXIMUM_BETA = 2;

    private JobRequestReader() {}

    /**
     * The request with its form checked; hyperparameters of the {@code method} win over the older top-level ones, value by
     * value.
     *
     * @throws ai.luthier.api.UserError 400 with the first field at fault
     */
    public static FineTuningJobRequest read(JsonNode body) {
        Fields fields = Fields.body(body, "job", "luthier");
        String model = fields.requiredString("model");
        String trainingFile = fields.requiredString("training_file");
        Optional<String> suffix = fields.string("suffix", 1, 64);
        OptionalInt seed = fields.integer("seed", 0, Integer.MAX_VALUE);
        refuseIntegrations(fields);
        FineTuningMethod method = method(fields);
        return new FineTuningJobRequest(
                model,
                trainingFile,
                fields.string("validation_file").orElse(null),
                suffix.orElse(null),
                seed.isPresent() ? seed.getAsInt() : null,
                method,
                fields.metadata("metadata").orElse(null),
                extension(fields, method));
    }

    private static void refuseIntegrations(Fields fields) {
        List<JsonNode> integrations = fields.array("integrations", 0, 5).orElse(List.of());
        for (int i = 0; i < integrations.size(); i++) {
            String place = "integrations[" + i + "]";
            if (!integrations.get(i).isObject()) {
                throw Complaint.wrongType(place, "an object", integrations.get(i));
            }
            if (!integrations.get(i).has("type")) {
                throw Complaint.missing(place + ".type");
            }
            String type = Fields.asString(place + ".type", integrations.get(i).get("type"));
            if (!type.equals("wandb")) {
                throw Complaint.notOneOf(place + ".type", type, List.of("wandb"));
            }
            throw Complaint.unsupported(
                    "integrations", "'wandb'", "Leave it out and read the metrics from the job's events.");
        }
    }

    private static FineTuningMethod method(Fields fields) {
        Hyperparameters older = fields.object("hyperparameters", "hyperparameters")
                .map(JobRequestReader::read)
                .orElse(Hyperparameters.AUTO);
        Optional<Fields> method = fields.object("method", "method");
        if (method.isEmpty()) {
            return FineTuningMethod.supervised(older);
        }
        String type = method.get().requiredString("type");
        if (!METHODS.contains(type)) {
            throw Complaint.notOneOf("method.type", type, METHODS);
        }
        if (type.equals("reinforcement")) {
            throw Complaint.unsupported("method.type", "'" + type + "'", "Only 'supervised' and 'dpo' are.");
        }
        boolean dpo = type.equals("dpo");
        Optional<Fields> own = method.get()
                .object(type, "method." + type)
                .flatMap(block -> block.object("hyperparameters", dpo ? "hyperparameters.dpo" : "hyperparameters"));
        Hyperparameters both = own.map(JobRequestReader::read)
                .map(values -> new Hyperparameters(
                        either(values.nEpochs(), older.nEpochs()),
                        either(values.batchSize(), older.batchSize()),
                        either(values.learningRateMultiplier(), older.learningRateMultiplier())))
                .orElse(older);
        return dpo
                ? FineTuningMethod.dpo(both, own.map(JobRequestReader::beta).orElse(AutoOrNumber.AUTO))
                : FineTuningMethod.supervised(both);
    }

    private static AutoOrNumber either(AutoOrNumber first, AutoOrNumber second) {
        return first.isAuto() ? second : first;
    }

    private static Hyperparameters read(Fields fields) {
        return new Hyperparameters(
                integer(fields, "n_epochs", 1, 50), integer(fields, "batch_size", 1, 256), multiplier(fields));
    }

    private static AutoOrNumber integer(Fields fields, String field, int minimum, int maximum) {
        Optional<JsonNode> value = fields.value(field);
        if (isAuto(fields, field, value)) {
            return AutoOrNumber.AUTO;
        }
        return AutoOrNumber.of((int) Fields.asInteger(fields.name(field), value.orElseThrow(), minimum, maximum));
    }

    private static AutoOrNumber multiplier(Fields fields) {
        return aboveZero(fields, "learning_rate_multiplier", Double.MAX_VALUE);
    }

    private static AutoOrNumber beta(Fields fields) {
        return aboveZero(fields, "beta", MAXIMUM_BETA);
    }

    private static AutoOrNumber aboveZero(Fields fields, String field, double maximum) {
        Optional<JsonNode> value = fields.value(field);
        if (isAuto(fields, field, value)) {
            return AutoOrNumber.AUTO;
        }
        JsonNode given = value.orElseThrow();
        double number = Fields.asNumber(fields.name(field), given, -Double.MAX_VALUE, maximum);
        if (number <= 0) {
            throw Complaint.notAbove(fields.name(field), 0, given);
        }
        return AutoOrNumber.of(number);
    }

    private static boolean isAuto(Fields fields, String field, Optional<JsonNode> value) {
        if (value.isPresent() && value.get().isString()) {
            if (!value.get().asString().equals("auto")) {
                throw Complaint.wrongType(fields.name(field), "'auto' or a number", value.get());
            }
            return true;
        }
        return value.isEmpty();
    }

    /** The object {@code luthier}: judged as a whole, and kept as it was given. */
    private static @Nullable Map<String, Object> extension(Fields fields, FineTuningMethod method) {
        Optional<JsonNode> own = fields.value("luthier");
        if (own.isEmpty()) {
            return null;
        }
        if (!own.get().isObject()) {
            throw Complaint.wrongType("luthier", "an object", own.get());
        }
        Map<String, Object> given = Json.object(own.get());
        TrainingOptions.read(given, TrainingOptions.DEFAULTS, "luthier");
        if (given.get("dpo") != null && method.dpo() == null) {
            throw Complaint.invalid(
                    "luthier.dpo",
                    "'luthier.dpo' means nothing for the method 'supervised'. Leave it out, or set method.type to 'dpo'.");
        }
        return given;
    }
}
