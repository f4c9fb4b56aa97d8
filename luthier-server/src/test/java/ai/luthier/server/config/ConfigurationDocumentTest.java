package ai.luthier.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/configuration.md} lists the settings that exist, with their defaults. */
class ConfigurationDocumentTest {

    @Test
    void theTableOfTheDocumentIsThatOfTheCode() throws IOException {
        Path document = Path.of(System.getProperty("luthier.root", ".."), "docs", "configuration.md");
        assertThat(Files.readString(document))
                .as("the table in %s has to be the one below", document)
                .contains(table());
    }

    private static String table() {
        return Stream.of(Setting.values())
                .map(setting -> "| `%s` | `%s` | %s | %s |\n"
                        .formatted(
                                setting.key(),
                                setting.variable(),
                                setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`",
                                setting.description()))
                .collect(Collectors.joining(
                        "", "| key | variable | default | meaning |\n| --- | --- | --- | --- |\n", ""));
    }
}
