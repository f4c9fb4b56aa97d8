package ai.luthier.text.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Files for tests. */
final class TrainingFiles {

    static final String GOOD = """
            {"messages": [{"role": "user", "content": "Hello %d"}, {"role": "assistant", "content": "Hi"}]}""";

    private TrainingFiles() {}

    /** {@code count} different sound rows of chat format. */
    static List<String> good(int count) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(GOOD.formatted(i));
        }
        return rows;
    }

    /** A file with one row to look at on line 1, and ten sound ones behind it. */
    static TrainingFile withFirst(Path directory, String row) {
        List<String> rows = new ArrayList<>();
        rows.add(row);
        rows.addAll(good(10));
        return fileOf(directory, rows);
    }

    static TrainingFile fileOf(Path directory, List<String> rows) {
        return fileOfBytes(directory, (String.join("\n", rows) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static TrainingFile fileOfBytes(Path directory, byte[] bytes) {
        try {
            return TrainingFile.open(Files.write(directory.resolve("train.jsonl"), bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ValidationReport validate(TrainingFile file) {
        return validate(file, null);
    }

    static ValidationReport validate(TrainingFile file, @Nullable TokenCounter counter) {
        return file.validate(ValidationSettings.training("file-abc", 100), counter, ProblemSink.NONE);
    }

    static List<String> texts(List<Problem> problems) {
        return problems.stream().map(Problem::text).toList();
    }
}
