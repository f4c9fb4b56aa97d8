package ai.luthier.text.data;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes every finding as one JSON line, so that the report of a file can be as long as it must be:
 * {@code {"severity":"error","kind":"schema","line":1,"message":3,"key":"content","text":"Line 1, message 3, …"}}.
 *
 * <p>Not safe for several threads; closing it closes the writer.
 */
public final class ProblemWriter implements ProblemSink, AutoCloseable {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final BufferedWriter out;

    public ProblemWriter(Writer out) {
        this.out = new BufferedWriter(out);
    }

    @Override
    public void accept(Problem problem) {
        try {
            out.write(MAPPER.writeValueAsString(json(problem)));
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("Writing the validation report", e);
        }
    }

    /** A finding as a JSON object; places that do not apply are left out. */
    public static Map<String, Object> json(Problem problem) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("severity", problem.severity().name().toLowerCase(Locale.ROOT));
        json.put("kind", problem.kind().name().toLowerCase(Locale.ROOT));
        if (problem.line() > 0) {
            json.put("line", problem.line());
        }
        if (problem.message() > 0) {
            json.put("message", problem.message());
        }
        String key = problem.key();
        if (key != null) {
            json.put("key", key);
        }
        json.put("text", problem.text());
        return json;
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing the validation report", e);
        }
    }
}
