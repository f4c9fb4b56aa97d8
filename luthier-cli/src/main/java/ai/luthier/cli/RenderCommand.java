package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.jinja.JinjaException;
import ai.luthier.text.jinja.RenderSettings;
import ai.luthier.text.lines.LineAnswer;
import ai.luthier.text.lines.LineJson;
import ai.luthier.text.lines.LineService;
import ai.luthier.text.lines.RenderLines;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code luthier render}: what a chat template makes of variables, byte for byte. */
@Command(
        name = "render",
        mixinStandardHelpOptions = true,
        description = {
            "Render a chat template over variables, exactly as transformers does.",
            "The variables are taken as they are: messages, tools, add_generation_prompt, bos_token, and whatever else the"
                    + " template knows."
        })
final class RenderCommand implements Callable<Integer> {

    @Option(names = "--template", required = true, description = "Jinja file.")
    private Path template;

    @Option(
            names = "--json",
            description = "Variables: a JSON object, or a file with one, or - for standard input."
                    + " Prints the text and nothing else.")
    private @Nullable String json;

    @Option(
            names = "--lines",
            description = "Read one JSON object of variables a line from standard input; answer"
                    + " {\"text\":\"…\"} or {\"error\":\"…\"} a line.")
    private boolean lines;

    @Option(
            names = "--spans",
            description =
                    "Answer {\"text\":\"…\",\"spans\":[[start,end],…]}: what a training row of these messages would"
                            + " learn, in code points. Messages with \"weight\": 0 are left out.")
    private boolean spans;

    @Option(
            names = "--now",
            description = "The local time that strftime_now tells, as 2026-03-04T15:06 (default: now).")
    private @Nullable LocalDateTime now;

    @Override
    public Integer call() throws IOException {
        if (lines == (json != null)) {
            throw new UserError(ErrorCode.USAGE, "--json", "Give either --json with the variables or --lines.");
        }
        String source = read(template);
        if (lines) {
            LineService.serve(System.in, System.out, answers(source));
        } else {
            print(source, variables());
        }
        return 0;
    }

    private RenderSettings settings() {
        RenderSettings standard = RenderSettings.standard();
        ZoneId zone = ZoneId.systemDefault();
        return now == null
                ? standard
                : standard.withClock(Clock.fixed(now.atZone(zone).toInstant(), zone));
    }

    /** A file that is no template is the answer to every line: whoever compares templates goes on to the next. */
    private LineAnswer answers(String source) {
        try {
            return new RenderLines(source, settings(), spans);
        } catch (JinjaException broken) {
            return request -> {
                throw broken;
            };
        }
    }

    private void print(String source, Map<String, Object> variables) {
        try {
            Map<String, ?> answer = new RenderLines(source, settings(), spans).to(variables);
            PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
            out.print(spans ? LineJson.line(answer) + "\n" : answer.get("text"));
            out.flush();
        } catch (JinjaException e) {
            throw new UserError(ErrorCode.INVALID_VALUE, "--template", template + ", " + e.getMessage(), e);
        }
    }

    private Map<String, Object> variables() throws IOException {
        String given = json == null ? "" : json;
        byte[] bytes = given.equals("-")
                ? System.in.readAllBytes()
                : given.stripLeading().startsWith("{")
                        ? given.getBytes(StandardCharsets.UTF_8)
                        : read(Path.of(given)).getBytes(StandardCharsets.UTF_8);
        return LineJson.object(bytes, bytes.length);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UserError(ErrorCode.FILE_NOT_FOUND, null, file + " cannot be read: " + e, e);
        }
    }
}
