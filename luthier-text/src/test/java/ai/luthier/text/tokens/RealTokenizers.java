package ai.luthier.text.tokens;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Vocabularies of real models that may lie on this machine. */
final class RealTokenizers {

    private static final Path FETCHED = Path.of(System.getProperty("luthier.root", ".."), "build/tokenizers");
    private static final Path MODELS = Path.of(System.getProperty("luthier.shared", "../shared"), "models");

    private RealTokenizers() {}

    /** Where the vocabulary {@code name} would lie. */
    static Path directory(String name) {
        return FETCHED.resolve(name);
    }

    /** Those that are there, by name. */
    static Map<String, Path> present() {
        Map<String, Path> present = new LinkedHashMap<>();
        for (String model : List.of("stories15M", "minimind2-small")) {
            present.put(model, MODELS.resolve(model));
        }
        for (String name : List.of("gpt2", "qwen2_5", "llama3_1", "mistral_nemo", "gemma2")) {
            present.put(name, directory(name));
        }
        present.values().removeIf(path -> !Files.exists(path.resolve("tokenizer.json")));
        return present;
    }
}
