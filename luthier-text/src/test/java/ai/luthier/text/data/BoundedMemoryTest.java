package ai.luthier.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Validates large files in JVMs with small heaps. */
class BoundedMemoryTest {

    @TempDir
    Path directory;

    @Test
    void twoHundredMegabytesUnder64() throws Exception {
        validates(200_000_000, 150, "-Xmx64m");
    }

    /** Rows of about a hundred bytes: the hashes for duplicates are what grows. */
    @Test
    void manyShortRowsUnder64() throws Exception {
        validates(200_000_000, 2, "-Xmx64m");
    }

    @Test
    @Tag("slow")
    void oneGigabyteUnder256() throws Exception {
        validates(1_000_000_000, 150, "-Xmx256m");
    }

    private void validates(long bytes, int words, String heap) throws Exception {
        Path file = directory.resolve("large.jsonl");
        int rows = LargeFiles.writeChat(file, bytes, words);
        Path output = directory.resolve("output");
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        heap,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ValidateInSmallHeap.class.getName(),
                        file.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(child.waitFor(300, TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(child.exitValue()).as(printed).isZero();
        assertThat(printed)
                .contains("rows " + rows + ", errors 0, repeated rows " + rows / 1000 + System.lineSeparator());
        Files.delete(file);
    }
}
