package ai.luthier.server.http.request;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.chat.Conversation;
import ai.luthier.text.data.Conversations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** Reads the body of {@code POST /v1/chat/completions}. */
public final class ChatRequestReader {

    private static final List<String> EFFORTS = List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");
    private static final List<String> TIERS = List.of("auto", "default", "flex", "scale", "priority", "fast");

    private static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() {};

    private ChatRequestReader() {}

    /**
     * @throws UserError 400 with the first field that is unknown, missing, of another type, out of range or not built
     */
    public static ChatRequest read(JsonNode body) {
        Fields fields = Fields.body(body, "chat");
        String model = fields.requiredString("model");
        MessagesReader.check(fields);
        boolean withTools = ToolsReader.check(fields);
        refuseWhatIsNotBuilt(fields);
        acceptWithoutEffect(fields);
        return new ChatRequest(
                model,
                conversation(body, withTools),
                DecodingReader.read(fields, DecodingReader.chatLimit(fields), topLogprobs(fields)));
    }

    /** The one form that training rows take too, so that a model is asked as it was taught. */
    private static Conversation conversation(JsonNode body, boolean withTools) {
        Map<String, Object> whole = Json.MAPPER.convertValue(body, MAP);
        if (!withTools) {
            whole.keySet().removeAll(List.of("tools", "functions"));
        }
        return Conversations.of(whole);
    }

    /** −1 without {@code logprobs}; else the number of alternatives. */
    private static int topLogprobs(Fields fields) {
        boolean wanted = fields.bool("logprobs", false);
        OptionalInt alternatives = fields.integer("top_logprobs", 0, 20);
        if (alternatives.isPresent() && !wanted && alternatives.getAsInt() > 0) {
            throw Complaint.invalid(
                    "top_logprobs", "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.");
        }
        return wanted ? alternatives.orElse(0) : -1;
    }

    private static void refuseWhatIsNotBuilt(Fields fields) {
        fields.object("response_format", "response_format").ifPresent(format -> {
            String type = format.requiredString("type");
            List<String> known = List.of("text", "json_object", "json_schema");
            if (!known.contains(type)) {
                throw Complaint.notOneOf("response_format.type", type, known);
            }
            if (!type.equals("text")) {
                throw Complaint.unsupported(
                        "response_format", "'" + type + "'", "Only the type 'text' is; leave the field out.");
            }
        });
        Optional<List<JsonNode>> modalities = fields.array("modalities", 0, 2);
        for (JsonNode modality : modalities.orElse(List.of())) {
            if (!Fields.asString("modalities", modality).equals("text")) {
                throw Complaint.unsupported("modalities", "'" + modality.asString() + "'", "Only 'text' is.");
            }
        }
        for (String absent : List.of("audio", "web_search_options", "moderation")) {
            if (fields.value(absent).isPresent()) {
                throw new UserError(
                        ErrorCode.UNSUPPORTED_VALUE,
                        absent,
                        "Unsupported parameter: '" + absent + "' is not supported with this server. Leave it out.");
            }
        }
        fields.oneOf("verbosity", List.of("low", "medium", "high"))
                .filter(level -> !level.equals("medium"))
                .ifPresent(level -> {
                    throw Complaint.unsupported("verbosity", "'" + level + "'", "Only 'medium' is.");
                });
    }

    /** These say nothing about the answer here; their types are still held. */
    private static void acceptWithoutEffect(Fields fields) {
        fields.string("user");
        fields.string("safety_identifier", 0, 64);
        fields.string("prompt_cache_key");
        fields.oneOf("prompt_cache_retention", List.of("in_memory", "in-memory", "24h"));
        fields.oneOf("service_tier", TIERS);
        fields.oneOf("reasoning_effort", EFFORTS);
        fields.bool("store", false);
        fields.bool("parallel_tool_calls", true);
        fields.metadata("metadata");
    }
}
