package ai.luthier.text.chat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The templates that the contracts are held for: nano's, our own odd ones, and the real ones where they are at hand. */
public final class TemplatesUnderTest {

    private static final Path ROOT = Path.of(System.getProperty("luthier.root", ".."));
    private static final Path OWN = ROOT.resolve("luthier-text/src/test/resources/ai/luthier/text/chat/templates");
    public static final Path SHARED = Path.of(System.getProperty("luthier.shared", "../shared"), "data/chat_templates");

    private static final List<String> REQUIRED = List.of(
            "axo__chatml", "trl__llama3", "trl__llama3_1", "trl__qwen2_5", "trl__qwen3", "trl__gemma", "trl__phi3");

    private TemplatesUnderTest() {}

    public static final Map<String, Object> SPECIAL_TOKENS = Map.of("bos_token", "<s>", "eos_token", "</s>");

    /** Those committed with the code. */
    public static Map<String, String> own() throws IOException {
        Map<String, String> sources = new LinkedHashMap<>();
        sources.put(
                "nano",
                Files.readString(ROOT.resolve("luthier-nano/src/main/resources/ai/luthier/nano/chat_template.jinja")));
        for (String name : List.of("rewriting", "closing", "pasting")) {
            sources.put(name, Files.readString(OWN.resolve(name + ".jinja")));
        }
        return sources;
    }

    /** The real ones; empty where they are absent. */
    public static Map<String, String> shared() throws IOException {
        Map<String, String> sources = new LinkedHashMap<>();
        for (String name : REQUIRED) {
            Path file = SHARED.resolve(name + ".jinja");
            if (Files.exists(file)) {
                sources.put(name, Files.readString(file));
            }
        }
        return sources;
    }

    /** Every template of the corpus, by name; empty where it is absent. */
    static Map<String, String> corpus() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        if (Files.exists(SHARED)) {
            try (Stream<Path> files = Files.list(SHARED)) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".jinja")).toList()) {
                    sources.put(file.getFileName().toString().replace(".jinja", ""), Files.readString(file));
                }
            }
        }
        return sources;
    }

    public static ChatTemplate template(String source) {
        return ChatTemplate.of(source, SPECIAL_TOKENS);
    }
}
