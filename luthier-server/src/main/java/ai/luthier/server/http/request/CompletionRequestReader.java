package ai.luthier.server.http.request;

import ai.luthier.server.http.request.CompletionRequest.Prompt;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads the body of {@code POST /v1/completions}. */
public final class CompletionRequestReader {

    private static final int DEFAULT_MAX_TOKENS = 16;

    private CompletionRequestReader() {}

    /** @throws ai.luthier.api.UserError 400 with the first field at fault */
    public static CompletionRequest read(JsonNode body) {
        Fields fields = Fields.body(body, "completion");
        String model = fields.requiredString("model");
        List<Prompt> prompts = prompts(fields);
        fields.string("user");
        refuseWhatIsNotBuilt(fields);
        int maxTokens = fields.integer("max_tokens", 0, Integer.MAX_VALUE).orElse(DEFAULT_MAX_TOKENS);
        int logprobs = fields.integer("logprobs", 0, 5).orElse(-1);
        return new CompletionRequest(model, prompts, DecodingReader.read(fields, maxTokens, logprobs));
    }

    private static void refuseWhatIsNotBuilt(Fields fields) {
        if (fields.bool("echo", false)) {
            throw Complaint.unsupported("echo", "true", "Prepend the prompt yourself.");
        }
        fields.string("suffix").filter(suffix -> !suffix.isEmpty()).ifPresent(suffix -> {
            throw Complaint.unsupported("suffix", "inserting text", "Leave it out.");
        });
        int best = fields.integer("best_of", 0, 20).orElse(1);
        int n = fields.integer("n", 1, 128).orElse(1);
        if (best > 1 && best != n) {
            throw Complaint.unsupported("best_of", "more candidates than 'n'", "Leave it out or make it equal to 'n'.");
        }
    }

    /** A string, an array of strings, an array of token ids, or an array of such arrays. */
    private static List<Prompt> prompts(Fields fields) {
        JsonNode prompt = fields.required("prompt");
        if (prompt.isString()) {
            return List.of(new Prompt.Text(prompt.asString()));
        }
        if (prompt.isNull()) {
            // The default of the specification is the token that ends a document, which opens one as well.
            return List.of(new Prompt.Text(""));
        }
        if (!prompt.isArray()) {
            throw Complaint.wrongType("prompt", "a string or an array", prompt);
        }
        List<JsonNode> elements = fields.array("prompt", 1, 2048).orElseThrow();
        if (elements.getFirst().isIntegralNumber()) {
            return List.of(tokens("prompt", elements));
        }
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            prompts.add(element("prompt[" + i + "]", elements.get(i)));
        }
        return prompts;
    }

    private static Prompt element(String name, JsonNode element) {
        if (element.isString()) {
            return new Prompt.Text(element.asString());
        }
        if (element.isArray() && !element.isEmpty()) {
            return tokens(name, new ArrayList<>(element.values()));
        }
        throw Complaint.wrongType(name, "a string or an array of token ids", element);
    }

    private static Prompt tokens(String name, List<JsonNode> ids) {
        int[] array = new int[ids.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = (int) Fields.asInteger(name + "[" + i + "]", ids.get(i), 0, Integer.MAX_VALUE);
        }
        return new Prompt.Tokens(array);
    }
}
