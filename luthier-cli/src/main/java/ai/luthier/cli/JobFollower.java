package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Watches a job over the API until it ends: messages as lines, metrics as the progress line.
 *
 * <p>One thread at a time.
 */
final class JobFollower {

    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Set<String> ENDED = Set.of("succeeded", "failed", "cancelled");

    private final ApiClient api;
    private final Console console;
    private final Set<String> seen = new HashSet<>();

    JobFollower(ApiClient api, Console console) {
        this.api = api;
        this.console = console;
    }

    /** The job as it ended; a failed one is thrown as a {@link UserError} with the job's own words. */
    JsonNode await(String jobId) throws InterruptedException {
        while (true) {
            JsonNode job =
                    api.get("/fine_tuning/jobs/" + jobId); // before the events, so that none of an ended job is missed
            newEvents(jobId).forEach(event -> show(event, job));
            if (ENDED.contains(job.path("status").asString())) {
                console.endProgress();
                return succeeded(job);
            }
            Thread.sleep(PAUSE);
        }
    }

    private static JsonNode succeeded(JsonNode job) {
        String status = job.path("status").asString();
        if (status.equals("succeeded")) {
            return job;
        }
        String reason = job.at("/error/message").asString("it was " + status);
        throw new UserError(
                ErrorCode.INVALID_STATE, null, "The job " + job.path("id").asString() + " did not succeed: " + reason);
    }

    /** Events that were not shown yet, oldest first. */
    private List<JsonNode> newEvents(String jobId) {
        List<JsonNode> found = new ArrayList<>();
        String after = "";
        while (true) {
            JsonNode page = api.get("/fine_tuning/jobs/" + jobId + "/events?limit=100" + after);
            boolean known = false;
            for (JsonNode event : page.path("data")) {
                if (seen.add(event.path("id").asString())) {
                    found.add(event);
                } else {
                    known = true;
                }
            }
            if (known || !page.path("has_more").asBoolean(false)) {
                return found.reversed();
            }
            after = "&after="
                    + page.at("/data/" + (page.path("data").size() - 1) + "/id").asString();
        }
    }

    private void show(JsonNode event, JsonNode job) {
        if (event.path("type").asString().equals("metrics")) {
            console.progress(progressLine(event.path("data"), job));
            return;
        }
        String message = event.path("message").asString();
        if (message.startsWith("Step ")) {
            return; // the progress line says it
        }
        String level = event.path("level").asString();
        console.say("  " + (level.equals("info") ? message : console.red(level + ": ") + message));
    }

    private static String progressLine(JsonNode metrics, JsonNode job) {
        int step = metrics.path("step").asInt();
        int total = metrics.path("total_steps").asInt(step);
        StringBuilder line = new StringBuilder(bar(step, total));
        line.append(String.format(
                Locale.ROOT,
                " step %d/%d  loss %.3f",
                step,
                total,
                metrics.path("train_loss").asDouble()));
        if (metrics.has("valid_loss")) {
            line.append(String.format(
                    Locale.ROOT, "  valid %.3f", metrics.path("valid_loss").asDouble()));
        }
        double rate = metrics.at("/luthier/tokens_per_second").asDouble(0);
        if (rate > 0) {
            line.append(String.format(Locale.ROOT, "  %.0f tokens/s", rate));
        }
        if (job.path("estimated_finish").isNumber()) {
            long left = job.path("estimated_finish").asLong() - System.currentTimeMillis() / 1000;
            line.append("  ").append(Math.max(0, left)).append(" s left");
        }
        return line.toString();
    }

    private static String bar(int step, int total) {
        int width = 24;
        int filled = total == 0 ? width : width * step / total;
        return "  [" + "#".repeat(filled) + ".".repeat(width - filled) + "]";
    }
}
