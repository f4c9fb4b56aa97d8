package ai.luthier.engine;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.checkpoint.SafetensorsFile;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A tiny model of a family, and what transformers and peft compute on it; made by {@code tools/oracles/families.py}. */
public record FamilyFixture(String name, Path folder, JsonNode expected) {

    /** All of them, by name. */
    public static Stream<FamilyFixture> all() throws IOException {
        try (Stream<Path> folders = Files.list(root())) {
            return folders.sorted().map(FamilyFixture::read).toList().stream();
        }
    }

    public static FamilyFixture named(String name) {
        return read(root().resolve(name));
    }

    private static Path root() {
        try {
            return Path.of(Objects.requireNonNull(FamilyFixture.class.getResource("families"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FamilyFixture read(Path folder) {
        try {
            JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve("expected.json")));
            return new FamilyFixture(folder.getFileName().toString(), folder, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ModelDirectory model() {
        return ModelDirectory.open(folder);
    }

    /** The ids under this key. */
    public int[] ids(String key) {
        return ids(expected.path(key));
    }

    private static int[] ids(JsonNode array) {
        int[] ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = array.get(i).intValue();
        }
        return ids;
    }

    /** The logits of {@link #ids}("ids"), row by row. */
    public float[] logits() throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("expected.safetensors"));
                PointerScope _ = new PointerScope()) {
            return Tensors.toFloats(file.tensor("logits"));
        }
    }

    /** The batch of the losses. */
    public List<TokenizedExample> rows() {
        List<TokenizedExample> rows = new ArrayList<>();
        for (JsonNode row : expected.path("rows")) {
            int[] ids = ids(row.path("ids"));
            int[] marks = ids(row.path("supervised"));
            boolean[] supervised = new boolean[ids.length];
            for (int t = 0; t < ids.length; t++) {
                supervised[t] = marks[t] == 1;
            }
            rows.add(new TokenizedExample(ids, supervised));
        }
        return rows;
    }

    /** Norms of gradients by the names of weights or factors. */
    public static Map<String, Double> norms(JsonNode object) {
        Map<String, Double> norms = new LinkedHashMap<>();
        object.properties().forEach(p -> norms.put(p.getKey(), p.getValue().doubleValue()));
        return norms;
    }

    /** Notes a measured difference for the table in {@code docs/families.md}. */
    public void note(String column, double worst) throws IOException {
        Path table = Files.createDirectories(Path.of("target", "families"));
        Files.writeString(table.resolve(name + "." + column), String.format(Locale.ROOT, "%.1e", worst));
    }

    @Override
    public String toString() {
        return name;
    }
}
