package ai.luthier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps files readable: prints the ten longest, fails above 600 lines. */
class FileSizeTest {

    @Test
    void noFileIsLongerThanSixHundredLines() throws IOException {
        Path root = Path.of(System.getProperty("luthier.root"));
        List<Map.Entry<Path, Long>> sizes;
        try (Stream<Path> files = Files.walk(root, 14)) {
            sizes = files.filter(file -> file.toString().endsWith(".java")
                            && !file.toString().contains("/target/"))
                    .map(file -> Map.entry(root.relativize(file), lines(file)))
                    .sorted(Comparator.comparing(Map.Entry<Path, Long>::getValue)
                            .reversed())
                    .toList();
        }
        System.out.println("The longest of " + sizes.size() + " Java files, median "
                + sizes.get(sizes.size() / 2).getValue() + " lines:");
        sizes.stream().limit(10).forEach(size -> System.out.printf("%6d  %s%n", size.getValue(), size.getKey()));
        assertThat(sizes)
                .allSatisfy(size -> assertThat(size.getValue())
                        .as("lines of %s", size.getKey())
                        .isLessThanOrEqualTo(600));
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
