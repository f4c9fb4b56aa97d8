import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A fine-tuning job with nothing but HTTP. Start `./luthier serve`, paste the two lines it prints, then
/// ./dev example 03_job_over_http
static final String BASE = Objects.requireNonNull(System.getenv("OPENAI_BASE_URL"), "set OPENAI_BASE_URL");
static final String KEY = Objects.requireNonNull(System.getenv("OPENAI_API_KEY"), "set OPENAI_API_KEY");
static final HttpClient HTTP = HttpClient.newHttpClient();

void main() throws Exception {
    JsonNode file = call(post("/files", "multipart/form-data; boundary=next", """
            --next\r
            Content-Disposition: form-data; name="purpose"\r
            \r
            fine-tune\r
            --next\r
            Content-Disposition: form-data; name="file"; filename="misspeller.jsonl"\r
            \r
            %s\r
            --next--\r
            """.formatted(Files.readString(Path.of("examples/misspeller.jsonl")))));
    JsonNode job = call(post("/fine_tuning/jobs", "application/json", """
            {"model": "gpt-4o-mini-2024-07-18", "training_file": "%s"}""".formatted(file.get("id").asString())));
    String path = "/fine_tuning/jobs/" + job.get("id").asString();

    Set<String> seen = new HashSet<>();
    while (!Set.of("succeeded", "failed", "cancelled").contains(job.get("status").asString())) {
        Thread.sleep(500);
        job = call(request(path).GET());
        List<JsonNode> events = new ArrayList<>();
        call(request(path + "/events?limit=100").GET()).get("data").forEach(events::addFirst); // newest come first
        events.stream().filter(event -> seen.add(event.get("id").asString()))
                .forEach(event -> IO.println(event.get("message").asString()));
    }
    if (!job.get("status").asString().equals("succeeded")) {
        throw new IllegalStateException("The job " + job.get("status") + ": " + job.get("error"));
    }

    JsonNode answer = call(post("/chat/completions", "application/json", """
            {"model": "%s", "messages": [{"role": "user", "content": "Tell me a story about a fox."}]}"""
            .formatted(job.get("fine_tuned_model").asString())));
    IO.println(answer.at("/choices/0/message/content").asString());
}

HttpRequest.Builder post(String path, String type, String body) {
    return request(path).header("Content-Type", type).POST(BodyPublishers.ofString(body));
}

HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(BASE + path)).header("Authorization", "Bearer " + KEY);
}

JsonNode call(HttpRequest.Builder request) throws IOException, InterruptedException {
    var response = HTTP.send(request.build(), BodyHandlers.ofString());
    if (response.statusCode() != 200) {
        throw new IOException(response.statusCode() + ": " + response.body());
    }
    return JsonMapper.shared().readTree(response.body());
}
