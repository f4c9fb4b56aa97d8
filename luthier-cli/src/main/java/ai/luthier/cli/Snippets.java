package ai.luthier.cli;

/** The same question from three clients, ready to paste; each is one line of a shell. */
final class Snippets {

    private Snippets() {}

    static String python(String baseUrl, String key, String model) {
        return "python -c 'from openai import OpenAI; print(OpenAI(base_url=\"" + baseUrl + "\", api_key=\"" + key
                + "\").chat.completions.create(model=\"" + model
                + "\", messages=[{\"role\": \"user\", \"content\": \"Tell me a story about a dog.\"}], max_tokens=100).choices[0].message.content)'";
    }

    static String node(String baseUrl, String key, String model) {
        return "node -e 'const OpenAI = require(\"openai\"); new OpenAI({baseURL: \"" + baseUrl + "\", apiKey: \"" + key
                + "\"}).chat.completions.create({model: \"" + model
                + "\", messages: [{role: \"user\", content: \"Tell me a story about a dog.\"}], max_tokens: 100}).then(r => console.log(r.choices[0].message.content))'";
    }

    static String curl(String baseUrl, String key, String model) {
        return "curl -s " + baseUrl + "/chat/completions -H 'Content-Type: application/json' -H 'Authorization: Bearer "
                + key
                + "' -d '{\"model\": \"" + model
                + "\", \"messages\": [{\"role\": \"user\", \"content\": \"Tell me a story about a dog.\"}], \"max_tokens\": 100}'";
    }
}
