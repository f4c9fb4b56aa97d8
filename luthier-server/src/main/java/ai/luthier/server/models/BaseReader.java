package ai.luthier.server.models;

import ai.luthier.api.wire.BaseFacts;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.gguf.GgufModel;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.memory.Fit;
import ai.luthier.engine.train.memory.TrainingShape;
import ai.luthier.engine.train.memory.TrainingWay;
import ai.luthier.engine.train.options.Tuning;
import ai.luthier.nano.NanoModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads what a base is from the small files of its directory, and reckons what training it takes.
 *
 * @param available bytes that one training process may need
 * @param way how jobs are trained that say nothing of it: by LoRA
 */
public record BaseReader(long available, TrainingWay way) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Rows for which memory is told: of any batch, since a step is cut into passes of so many tokens. */
    private static final int USUAL_ROWS = RunDefaults.PASS_TOKENS;

    private static final int SHORT_ROWS = 64;
    private static final int LONGEST_LICENCE = 60;

    /** @throws ai.luthier.api.UserError {@code INVALID_MODEL} where the directory cannot be read */
    public BaseFacts read(Base base) {
        try {
            ModelDirectory model = ModelDirectory.open(base.directory());
            Dtype stored = model.storedDtype();
            return new BaseFacts(
                    model.modelType(),
                    model.spec().parameters(),
                    stored.setting(),
                    model.spec().context(),
                    template(base),
                    licence(base),
                    GgufModel.quantised(base.directory())
                            ? List.of()
                            : methods(new Fit(model.spec(), stored, available)),
                    available);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the model in " + base.directory(), e);
        }
    }

    private List<BaseFacts.Method> methods(Fit fit) {
        int rows = Math.min(USUAL_ROWS, fit.spec().context());
        int batch = Math.max(USUAL_ROWS / rows + 1, way.threads());
        TrainingShape usual = TrainingShape.supervised(way, batch, rows, 0);
        return List.of(
                method("lora", fit, usual),
                method("lora+recompute", fit, usual.by(way.recomputing())),
                method("last_layers", fit, usual.by(way.training(Tuning.lastLayers(0), way.rank()))),
                method("full", fit, usual.by(way.training(Tuning.full(), way.rank()))),
                method("dpo", fit, usual.onPairs()));
    }

    private static BaseFacts.Method method(String name, Fit fit, TrainingShape usual) {
        TrainingShape least = usual.withBatch(1).withLongest(Math.min(SHORT_ROWS, usual.longest()));
        return new BaseFacts.Method(
                name,
                fit.needed(usual).total(),
                usual.longest(),
                fit.needed(least).total(),
                fit.fits(usual));
    }

    private static String template(Base base) throws IOException {
        if (base.template().isPresent()) {
            return base.template().get().toString();
        }
        Path configuration = base.directory().resolve("tokenizer_config.json");
        boolean own = Files.exists(base.directory().resolve("chat_template.jinja"))
                || (Files.exists(configuration) && hasTemplate(configuration));
        return own ? "own" : "none";
    }

    private static boolean hasTemplate(Path configuration) throws IOException {
        try {
            JsonNode template = JSON.readTree(Files.readAllBytes(configuration)).path("chat_template");
            return template.isString() || !template.isEmpty();
        } catch (JacksonException notJson) {
            return false; // said when the tokenizer is loaded
        }
    }

    /** The line {@code license:} of a model card, or what a licence file begins with. */
    private static @Nullable String licence(Base base) throws IOException {
        if (base.modelId().equals(Bases.EMBEDDED)) {
            return NanoModel.LICENCE;
        }
        Optional<String> stated = firstLine(base.directory().resolve("README.md"), "license:");
        for (String name : List.of("LICENSE", "LICENSE.txt", "LICENSE.md")) {
            if (stated.isEmpty()) {
                stated = firstLine(base.directory().resolve(name), "");
            }
        }
        return stated.orElse(null);
    }

    private static Optional<String> firstLine(Path file, String beginning) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return lines.limit(200)
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && line.startsWith(beginning))
                    .map(line -> line.substring(beginning.length()).strip())
                    .map(line -> line.substring(0, Math.min(LONGEST_LICENCE, line.length())))
                    .findFirst();
        }
    }
}
