package ai.luthier.api;

import java.util.Optional;

/**
 * Every way in which Luthier refuses or fails, with what each door shows of it: the HTTP status, the {@code type} and
 * {@code code} of OpenAI's error body, and the exit code of the command line.
 *
 * <p>Exit codes: 2 bad usage or bad input, 3 not found, 4 conflict or busy, 5 refused by authentication, 6 a resource ran
 * out, 70 a fault of Luthier itself.
 */
public enum ErrorCode {
    INVALID_API_KEY(401, "invalid_request_error", "invalid_api_key", 5),
    PERMISSION_DENIED(403, "invalid_request_error", "permission_denied", 5),

    /** The request body is not JSON; the message says where. */
    MALFORMED_JSON(400, "invalid_request_error", null, 2),
    /** A field that OpenAI's specification does not know. */
    UNRECOGNIZED_ARGUMENT(400, "invalid_request_error", null, 2),
    MISSING_VALUE(400, "invalid_request_error", "missing_required_parameter", 2),
    INVALID_TYPE(400, "invalid_request_error", "invalid_type", 2),
    INVALID_VALUE(400, "invalid_request_error", "invalid_value", 2),
    STRING_TOO_LONG(400, "invalid_request_error", "string_above_max_length", 2),
    BELOW_MINIMUM(400, "invalid_request_error", "integer_below_min_value", 2),
    ABOVE_MAXIMUM(400, "invalid_request_error", "integer_above_max_value", 2),
    DECIMAL_BELOW_MINIMUM(400, "invalid_request_error", "decimal_below_min_value", 2),
    DECIMAL_ABOVE_MAXIMUM(400, "invalid_request_error", "decimal_above_max_value", 2),
    /** Something the wire format allows and this version cannot do; it would have changed the answer. */
    UNSUPPORTED_VALUE(400, "invalid_request_error", "unsupported_value", 2),
    CONTEXT_LENGTH_EXCEEDED(400, "invalid_request_error", "context_length_exceeded", 2),
    /** Chat asked of a model that has no chat template. */
    NOT_A_CHAT_MODEL(404, "invalid_request_error", null, 2),
    INVALID_FILE(400, "invalid_request_error", null, 2),
    FILE_TOO_LARGE(413, "invalid_request_error", null, 2),

    MODEL_NOT_FOUND(404, "invalid_request_error", "model_not_found", 3),
    FILE_NOT_FOUND(404, "invalid_request_error", null, 3),
    JOB_NOT_FOUND(404, "invalid_request_error", "fine_tune_not_found", 3),
    NOT_FOUND(404, "invalid_request_error", null, 3),
    UNKNOWN_URL(404, "invalid_request_error", "unknown_url", 3),
    METHOD_NOT_ALLOWED(405, "invalid_request_error", null, 3),

    /** The object is in a state in which the call makes no sense, for example cancelling a finished job. */
    INVALID_STATE(400, "invalid_request_error", "invalid_state", 4),
    /** Another process or request holds what was asked for; trying again later can succeed. */
    BUSY(409, "invalid_request_error", "conflict", 4),

    /** A training or validation file whose rows cannot be trained on; becomes the job's error code. */
    INVALID_TRAINING_FILE(400, "invalid_request_error", "invalid_training_file", 2),
    INVALID_N_EXAMPLES(400, "invalid_request_error", "invalid_n_examples", 2),
    /** A run that this machine's memory cannot hold, whatever else runs; the message says what would fit. */
    INSUFFICIENT_MEMORY(400, "invalid_request_error", "insufficient_memory", 6),
    /** Training gave a NaN or infinite loss. */
    TRAINING_DIVERGED(500, "server_error", "training_diverged", 70),

    /** A model directory that cannot be loaded: unknown architecture, missing weight, lying header. */
    INVALID_MODEL(400, "invalid_request_error", "invalid_model", 2),
    INVALID_CONFIGURATION(400, "invalid_request_error", "invalid_configuration", 2),
    USAGE(400, "invalid_request_error", "usage", 2),

    RATE_LIMITED(429, "requests", "rate_limit_exceeded", 6),
    DISK_FULL(507, "server_error", "disk_full", 6),
    OUT_OF_MEMORY(503, "server_error", "out_of_memory", 6),
    /** Not ready yet, or no longer: starting, shutting down, database away. */
    UNAVAILABLE(503, "server_error", "unavailable", 6),
    INTERNAL(500, "server_error", "server_error", 70);

    private final int status;
    private final String type;
    private final @org.jspecify.annotations.Nullable String wireCode;
    private final int exitCode;

    ErrorCode(int status, String type, @org.jspecify.annotations.Nullable String wireCode, int exitCode) {
        this.status = status;
        this.type = type;
        this.wireCode = wireCode;
        this.exitCode = exitCode;
    }

    /** The HTTP status, 400 to 599. */
    public int status() {
        return status;
    }

    /** {@code error.type} of the body. */
    public String type() {
        return type;
    }

    /** {@code error.code} of the body; empty where OpenAI sends null. */
    public Optional<String> wireCode() {
        return Optional.ofNullable(wireCode);
    }

    /** What a command that ends with this error exits with. */
    public int exitCode() {
        return exitCode;
    }
}
