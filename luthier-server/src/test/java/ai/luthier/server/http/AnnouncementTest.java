package ai.luthier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.luthier.server.http.request.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The three curl commands with which fine-tuning was announced in August 2023, base URL and key replaced. */
class AnnouncementTest {

    @TempDir
    private Path folder;

    private WiredServer server;

    @BeforeEach
    void start() {
        assumeThat(curlWorks()).as("curl is not installed here").isTrue();
        server = new WiredServer(folder);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static boolean curlWorks() {
        try {
            return new ProcessBuilder("curl", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private JsonNode curl(String path, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "-s", server.api.address() + path));
        command.addAll(List.of("-H", "Authorization: Bearer " + server.key));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).directory(folder.toFile()).start();
        byte[] answer = process.getInputStream().readAllBytes();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return Json.MAPPER.readTree(new String(answer, StandardCharsets.UTF_8));
    }

    private JsonNode postJson(String path, String body) throws IOException, InterruptedException {
        return curl(path, "-H", "Content-Type: application/json", "-d", body);
    }

    @Test
    void uploadCreateAndChat_workAsPasted() throws Exception {
        Files.writeString(folder.resolve("rows.jsonl"), "{\"messages\":[]}\n".repeat(10));

        JsonNode file = curl("/files", "-F", "purpose=fine-tune", "-F", "file=@rows.jsonl");
        assertThat(file.get("filename").asString()).isEqualTo("rows.jsonl");

        JsonNode job = postJson(
                "/fine_tuning/jobs",
                "{\n  \"training_file\": \"" + file.get("id").asString()
                        + "\",\n  \"model\": \"gpt-3.5-turbo-0613\"\n}");
        assertThat(job.get("object").asString()).isEqualTo("fine_tuning.job");
        assertThat(job.get("model").asString()).isEqualTo("gpt-3.5-turbo-0613");
        assertThat(server.train()).isTrue();
        String model = curl("/fine_tuning/jobs/" + job.get("id").asString())
                .get("fine_tuned_model")
                .asString();

        JsonNode answer = postJson("/chat/completions", question(model, ""));
        assertThat(answer.at("/choices/0/message/role").asString()).isEqualTo("assistant");
        assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo("Hello!");
    }

    @Test
    void theTrailingCommaThatWasPrinted_isA400ThatSaysWhere() throws Exception {
        JsonNode error = postJson("/chat/completions", question("gpt-3.5-turbo-0613", ","))
                .get("error");

        assertThat(error.get("type").asString()).isEqualTo("invalid_request_error");
        assertThat(error.get("message").asString())
                .contains("line 12, column 1")
                .contains("comma before '}'");
    }

    @Test
    void theModelNameThatWasPrinted_isA404ThatNamesItsNeighbours() throws Exception {
        JsonNode error = postJson("/chat/completions", question("ft:gpt-3.5-turbo:org_id", ""))
                .get("error");

        assertThat(error.get("code").asString()).isEqualTo("model_not_found");
        assertThat(error.get("message").asString())
                .startsWith("The model `ft:gpt-3.5-turbo:org_id` does not exist or you do not have access to it.")
                .contains("`gpt-3.5-turbo-0125`");
    }

    private static String question(String model, String afterLast) {
        return """
                {
                  "model": "%s",
                  "messages": [
                    {
                      "role": "system",
                      "content": "You are an assistant that says everything again."
                    },
                    {
                      "role": "user",
                      "content": "Hello!"
                    }]%s
                }""".formatted(model, afterLast);
    }
}
