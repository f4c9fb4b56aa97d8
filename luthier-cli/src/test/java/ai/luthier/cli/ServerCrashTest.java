package ai.luthier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.worker.ProgressReader;
import ai.luthier.engine.worker.RunFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The whole server, as a person starts it, ends in the middle of jobs in every way a process can end. Each job has to come out as one
 * that nobody disturbed: the same bytes, the same history, one bill, and every file that was acknowledged meanwhile.
 */
@Tag("crash")
@Timeout(600)
class ServerCrashTest {

    private static final int ROWS = 25;
    private static final int EPOCHS = 3;
    private static final int STEPS = ROWS * EPOCHS;
    private static final int CHECKPOINT_STEPS = 5;
    private static final String[] SETTINGS = {"worker.threads=1", "worker.checkpointSteps=" + CHECKPOINT_STEPS};

    @TempDir
    private static Path folder;

    private static ServerProcess server;
    private static Result undisturbed;
    private static final long SEED = new Random().nextLong();
    private static final Random RANDOM = new Random(SEED);

    /** What is left of a job. */
    private record Result(byte[] adapter, List<String> history, List<String> bills) {}

    @BeforeAll
    static void trainUndisturbed() throws Exception {
        System.out.println("moments drawn from seed " + SEED);
        Files.setPosixFilePermissions(
                folder, PosixFilePermissions.fromString("rwx--x--x")); // PostgreSQL may have another owner
        server = start();
        undisturbed = result(awaitEnd(create()));
        assertThat(undisturbed.history()).hasSizeGreaterThan(STEPS);
        assertThat(undisturbed.bills()).hasSize(1);
    }

    @AfterAll
    static void end() {
        server.close();
    }

    private static ServerProcess start() throws IOException {
        return ServerProcess.start(folder.resolve("data"), SETTINGS);
    }

    @Test
    void serverKilled_jobGoesOnAtTheNextStart() throws Exception {
        AcknowledgedUploads uploads = new AcknowledgedUploads(folder);
        String job = create();
        awaitStep(job);
        uploads.some(server.api());
        long postgres = server.postgresPid();
        Thread dying = Thread.ofVirtual().start(() -> server.kill());
        uploads.untilTheServerIsGone(server.api());
        dying.join();
        assertThat(ProcessHandle.of(postgres)).as("the orphaned PostgreSQL").isPresent();

        server = start();
        assertThat(server.postgresPid()).as("was taken over").isEqualTo(postgres);
        assertUndisturbed(job);
        uploads.assertAllAreThere(server.api());
    }

    @Test
    void postgresKilled_jobGoesOn() throws Exception {
        AcknowledgedUploads uploads = new AcknowledgedUploads(folder);
        String job = create();
        awaitStep(job);
        uploads.some(server.api());
        long postgres = server.postgresPid();
        server.killPostgres();
        uploads.some(server.api());
        assertThat(server.postgresPid()).as("another was started").isNotEqualTo(postgres);
        assertUndisturbed(job);
        uploads.assertAllAreThere(server.api());
    }

    @Test
    void serverTerminated_streamsEndWhole_andTheWorkerLeavesACheckpoint() throws Exception {
        try (BufferedReader lines = ask("Are you there?")) {
            lines.lines().forEach(line -> {}); // The model is loaded before the job runs: loading outlasts a small one.
        }
        String job = create();
        awaitStep(job);
        List<String> stream = new ArrayList<>();
        try (BufferedReader lines = ask("Tell me a story about a dog.")) {
            stream.add(lines.readLine());
            server.terminate();
            lines.lines().filter(line -> !line.isEmpty()).forEach(stream::add);
        }
        assertThat(server.ended(60)).isTrue();
        assertThat(stream.getLast()).isEqualTo("data: [DONE]");
        assertThat(stream.get(stream.size() - 2)).containsPattern("\"finish_reason\":\"(stop|length)\"");
        assertThat(newestCheckpoint(job))
                .as("no step is done twice")
                .isPositive()
                .isEqualTo(stepsTold(job));

        server = start();
        assertUndisturbed(job);
    }

    @Test
    @Tag("slow")
    void everythingKilledAgainAndAgain_inOneJob() throws Exception {
        for (int round = 0; round < 4; round++) {
            AcknowledgedUploads uploads = new AcknowledgedUploads(folder);
            String job = create();
            List<Runnable> blows = List.of(
                    server::kill, server::killWithWorkers, server::killPostgres, this::terminateAndWait, this::killAll);
            for (int blow = 0; blow < 5; blow++) {
                Thread.sleep(RANDOM.nextInt(4000));
                uploads.some(server.api());
                blows.get(RANDOM.nextInt(blows.size())).run();
                if (server.ended(0)) {
                    server = start();
                }
            }
            assertUndisturbed(job);
            uploads.assertAllAreThere(server.api());
        }
    }

    private void killAll() {
        server.killPostgres();
        server.killWithWorkers();
    }

    private void terminateAndWait() {
        try {
            server.terminate();
            assertThat(server.ended(60)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void assertUndisturbed(String job) throws Exception {
        Result result = result(awaitEnd(job));
        assertThat(result.adapter()).as("weights, seed %d", SEED).isEqualTo(undisturbed.adapter());
        assertThat(result.history()).as("history, seed %d", SEED).isEqualTo(undisturbed.history());
        assertThat(result.bills()).as("bill, seed %d", SEED).isEqualTo(undisturbed.bills());
    }

    private static String create() throws IOException {
        Path file = folder.resolve("rows.jsonl");
        Files.write(
                file, IntStream.range(0, ROWS).mapToObj(ServerCrashTest::row).toList());
        String id = server.api().upload(file).path("id").asString();
        return server.api()
                .post(
                        "/fine_tuning/jobs",
                        Map.of(
                                "model",
                                "gpt-4o-mini-2024-07-18",
                                "training_file",
                                id,
                                "seed",
                                11,
                                "hyperparameters",
                                Map.of("n_epochs", EPOCHS, "batch_size", 1)))
                .path("id")
                .asString();
    }

    private static String row(int number) {
        return """
                {"messages":[{"role":"user","content":"Tell me of number %d."},{"role":"assistant","content":"%sIt was number %d."}]}""".formatted(number, "The dog ran home. ".repeat(number % 5), number);
    }

    /** Waits for a step drawn at random, but neither the first nor one of the last. */
    private static void awaitStep(String job) throws InterruptedException {
        int step = 2 + RANDOM.nextInt(STEPS / 4);
        while (server.api().get("/fine_tuning/jobs/" + job).at("/luthier/step").asInt() < step) {
            Thread.sleep(10);
        }
        Thread.sleep(RANDOM.nextInt(100));
    }

    /** The job when it has succeeded. */
    private static JsonNode awaitEnd(String job) throws InterruptedException {
        Instant until = Instant.now().plus(Duration.ofMinutes(3));
        JsonNode now;
        do {
            Thread.sleep(50);
            now = server.api().get("/fine_tuning/jobs/" + job);
        } while (!List.of("succeeded", "failed", "cancelled")
                        .contains(now.path("status").asString())
                && Instant.now().isBefore(until));
        assertThat(now.path("status").asString()).as("%s", now).isEqualTo("succeeded");
        return now;
    }

    private static Result result(JsonNode job) throws Exception {
        String model = job.path("fine_tuned_model").asString();
        String folderOfModel = server.query("select folder from model where id = '" + model + "'")
                .getFirst();
        return new Result(
                Files.readAllBytes(folder.resolve("data/models/" + folderOfModel + "/adapter_model.safetensors")),
                history(job.path("id").asString()),
                server.query("select training_tokens || ' tokens, ' || usd || ' USD' from ledger_entry where job_id = '"
                        + job.path("id").asString() + "'"));
    }

    /** The events, oldest first, without what says that there was an interruption, and with every id as its kind. */
    private static List<String> history(String job) throws Exception {
        return server
                .query("select type || ' ' || message from job_event where job_id = '" + job + "' order by seq")
                .stream()
                .filter(event -> !event.contains("The worker was interrupted"))
                .map(event -> event.replaceAll("(file|ftjob)-[A-Za-z0-9]+", "$1")
                        .replaceAll("(ft:[^:]+:[^:]+):[^:]*:[A-Za-z0-9]{8}", "$1"))
                .toList();
    }

    private static BufferedReader ask(String question) throws IOException, InterruptedException {
        String body = """
                {"model":"luthier-nano","stream":true,"max_tokens":300,"seed":3,
                 "messages":[{"role":"user","content":"%s"}]}""".formatted(question);
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "/chat/completions"))
                .header("Authorization", "Bearer " + ServerProcess.KEY)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<InputStream> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    private static int newestCheckpoint(String job) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("data/runs/" + job + "/checkpoint"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("step-\\d{8}\\.safetensors"))
                    .mapToInt(name -> Integer.parseInt(name.substring(5, 13)))
                    .max()
                    .orElse(0);
        }
    }

    private static int stepsTold(String job) {
        ProgressReader journal = new ProgressReader(new RunFolder(folder.resolve("data/runs/" + job)));
        int steps = 0;
        for (List<RunEvent> events = journal.next(); !events.isEmpty(); events = journal.next()) {
            steps += (int)
                    events.stream().filter(RunEvent.StepDone.class::isInstance).count();
        }
        return steps;
    }
}
