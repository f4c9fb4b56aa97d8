package ai.luthier.text.tokens;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the files beside a tokenizer say: the chat template, the strings of special tokens, the token that ends a text. Immutable.
 *
 * @see <a href="https://huggingface.co/docs/transformers/chat_templating">where transformers looks for templates</a>
 */
final class TokenizerConfig {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String DEFAULT = "default";

    private final JsonNode tokenizer;
    private final JsonNode model;
    private final Optional<String> templateFile;

    private TokenizerConfig(JsonNode tokenizer, JsonNode model, Optional<String> templateFile) {
        this.tokenizer = tokenizer;
        this.model = model;
        this.templateFile = templateFile;
    }

    /** @throws UserError ({@link ErrorCode#INVALID_MODEL}) where a file is there and cannot be read */
    static TokenizerConfig read(Path directory) {
        Path template = directory.resolve("chat_template.jinja");
        return new TokenizerConfig(
                json(directory.resolve("tokenizer_config.json")),
                json(directory.resolve("config.json")),
                Files.exists(template) ? Optional.of(template(template)) : Optional.empty());
    }

    /** The text of a template file. */
    static String template(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UserError(
                    ErrorCode.INVALID_MODEL, null, "The chat template " + file + " cannot be read: " + e, e);
        }
    }

    private static JsonNode json(Path file) {
        if (!Files.exists(file)) {
            return JSON.createObjectNode();
        }
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException | JacksonException e) {
            throw new UserError(ErrorCode.INVALID_MODEL, null, file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The file's template, else the configuration's; of several named ones the default. */
    Optional<String> chatTemplate() {
        if (templateFile.isPresent()) {
            return templateFile;
        }
        JsonNode inside = tokenizer.path("chat_template");
        if (inside.isArray()) {
            for (JsonNode named : inside) {
                if (named.path("name").asString("").equals(DEFAULT)) {
                    return Optional.of(named.path("template").asString());
                }
            }
            return Optional.empty();
        }
        return inside.isString() ? Optional.of(inside.asString()) : Optional.empty();
    }

    /** {@code bos_token} and its kin, as the variables that templates use. */
    Map<String, Object> specialTokens() {
        Map<String, Object> tokens = new LinkedHashMap<>();
        tokenizer.properties().forEach(entry -> {
            if (entry.getKey().endsWith("_token")) {
                text(entry.getValue()).ifPresent(token -> tokens.put(entry.getKey(), token));
            }
        });
        return tokens;
    }

    private static Optional<String> text(JsonNode token) {
        JsonNode content = token.isObject() ? token.path("content") : token;
        return content.isString() ? Optional.of(content.asString()) : Optional.empty();
    }

    /** The id that ends a text: the tokenizer's {@code eos_token}, else the first {@code eos_token_id} of the model. */
    OptionalInt endOfText(TextTokenizer tokens) {
        Optional<String> named = text(tokenizer.path("eos_token"));
        if (named.isPresent() && tokens.id(named.get()).isPresent()) {
            return tokens.id(named.get());
        }
        JsonNode id = model.path("eos_token_id").isArray() ? model.at("/eos_token_id/0") : model.path("eos_token_id");
        return id.isInt() ? OptionalInt.of(id.asInt()) : OptionalInt.empty();
    }
}
