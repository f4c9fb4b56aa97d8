package ai.luthier.text.corpus;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads stories from JSON lines with {@code text} and, where known, {@code topic}; {@code .gz} files are unpacked. */
public final class StoryFile {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private StoryFile() {}

    /** The stories of all files, in the order given. */
    public static List<Story> read(List<Path> files) throws IOException {
        var stories = new ArrayList<Story>();
        for (Path file : files) {
            read(file, stories);
        }
        return stories;
    }

    private static void read(Path file, List<Story> stories) throws IOException {
        int number = 0;
        try (InputStream raw = Files.newInputStream(file);
                InputStream bytes = file.toString().endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw;
                var lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    stories.add(story(file, number, line));
                }
            }
        }
    }

    private static Story story(Path file, int number, String line) {
        try {
            JsonNode node = JSON.readTree(line);
            return new Story(
                    node.path("topic").asString(""), node.required("text").stringValue());
        } catch (JacksonException | IllegalArgumentException refused) {
            throw new UserError(
                    ErrorCode.INVALID_FILE,
                    null,
                    file.getFileName() + " line " + number
                            + ": expected a JSON object with a non-empty string `text` and optionally `topic`: "
                            + refused.getMessage(),
                    refused);
        }
    }
}
