package ai.luthier.server.http.request;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the fields that say how an answer is drawn. */
final class DecodingReader {

    private DecodingReader() {}

    /**
     * @param maxTokens what the endpoint's own field for it says
     * @param topLogprobs as in {@link Decoding}; the two endpoints spell it differently
     */
    static Decoding read(Fields fields, @Nullable Integer maxTokens, int topLogprobs) {
        boolean stream = fields.bool("stream", false);
        Optional<Fields> streamOptions = fields.object("stream_options", "stream_options");
        if (streamOptions.isPresent() && !stream) {
            throw Complaint.invalid(
                    "stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
        }
        streamOptions.ifPresent(options -> options.bool("include_obfuscation", true));
        OptionalLong seed = fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE);
        return new Decoding(
                fields.number("temperature", 0, 2).orElse(1),
                fields.number("top_p", 0, 1).orElse(1),
                seed.isPresent() ? seed.getAsLong() : null,
                fields.integer("n", 1, 128).orElse(1),
                maxTokens,
                stop(fields),
                logitBias(fields),
                fields.number("presence_penalty", -2, 2).orElse(0),
                fields.number("frequency_penalty", -2, 2).orElse(0),
                topLogprobs,
                stream,
                streamOptions
                        .map(options -> options.bool("include_usage", false))
                        .orElse(false));
    }

    /** {@code max_completion_tokens}, else its older name {@code max_tokens}; both together are refused. */
    static @Nullable Integer chatLimit(Fields fields) {
        OptionalInt limit = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
        OptionalInt older = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
        if (limit.isPresent() && older.isPresent()) {
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    "max_tokens",
                    "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported. Send"
                            + " 'max_completion_tokens' alone.");
        }
        OptionalInt either = limit.isPresent() ? limit : older;
        return either.isPresent() ? either.getAsInt() : null;
    }

    /** A string, or an array of one to four strings, empty ones count for nothing. */
    private static List<String> stop(Fields fields) {
        Optional<JsonNode> value = fields.value("stop");
        if (value.isEmpty()) {
            return List.of();
        }
        if (value.get().isString()) {
            return value.get().asString().isEmpty()
                    ? List.of()
                    : List.of(value.get().asString());
        }
        if (!value.get().isArray()) {
            throw Complaint.wrongType(fields.name("stop"), "a string or an array of strings", value.get());
        }
        List<JsonNode> elements = fields.array("stop", 0, 4).orElseThrow();
        List<String> stop = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            String text = Fields.asString("stop[" + i + "]", elements.get(i));
            if (!text.isEmpty()) {
                stop.add(text);
            }
        }
        return stop;
    }

    private static Map<Integer, Double> logitBias(Fields fields) {
        Optional<JsonNode> value = fields.value("logit_bias");
        if (value.isEmpty()) {
            return Map.of();
        }
        if (!value.get().isObject()) {
            throw Complaint.wrongType("logit_bias", "an object", value.get());
        }
        Map<Integer, Double> bias = new HashMap<>();
        value.get().forEachEntry((key, amount) -> bias.put(tokenId(key), bias("logit_bias." + key, amount)));
        return bias;
    }

    private static int tokenId(String key) {
        try {
            int id = Integer.parseInt(key);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            // Falls through to the refusal, which names the key.
        }
        throw Complaint.invalid(
                "logit_bias", "Invalid key in 'logit_bias': " + key + ". You should only be using token ids.");
    }

    private static double bias(String name, JsonNode amount) {
        return Fields.asNumber(name, amount, -100, 100);
    }
}
