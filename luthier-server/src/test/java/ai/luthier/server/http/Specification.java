package ai.luthier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.server.http.request.Json;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * OpenAI's specification as a judge of answers.
 *
 * <p>The document says it is OpenAPI 3.1 and is not in two respects, which are repaired here: {@code exclusiveMinimum} as a boolean
 * beside {@code minimum}, and {@code nullable}, both of 3.0.
 */
final class Specification {

    private static final String URI = "https://spec.test/openapi.json";

    private final SchemaRegistry registry;

    private Specification(String document) {
        registry =
                SchemaRegistry.withDialect(Dialects.getOpenApi31(), builder -> builder.schemas(Map.of(URI, document)));
    }

    /** Empty where the specification is not beside the checkout. */
    static Optional<Specification> beside() {
        Path file = Path.of(System.getProperty("luthier.shared", "nowhere"), "api/openapi.json");
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        JsonNode document = Json.MAPPER.readTree(file.toFile());
        repair(document);
        return Optional.of(new Specification(Json.MAPPER.writeValueAsString(document)));
    }

    /** Fails with everything that the schema finds wrong. */
    void check(String schema, JsonNode answer) {
        var errors = registry.getSchema(SchemaLocation.of(URI + "#/components/schemas/" + schema))
                .validate(answer);
        assertThat(errors).as("%s against schema %s", answer, schema).isEmpty();
    }

    private static void repair(JsonNode node) {
        if (node instanceof ObjectNode object) {
            if (object.path("exclusiveMinimum").isBoolean()) {
                object.set("exclusiveMinimum", object.remove("minimum"));
            }
            if (object.path("nullable").asBoolean(false)) {
                allowNull(object);
            }
        }
        node.values().forEach(Specification::repair);
    }

    private static void allowNull(ObjectNode object) {
        object.remove("nullable");
        if (object.path("type").isString()) {
            String type = object.get("type").asString();
            object.putArray("type").add(type).add("null");
        }
        if (object.path("enum") instanceof ArrayNode values) {
            values.addNull();
        }
        if (object.has("$ref")) {
            ObjectNode reference = Json.MAPPER.createObjectNode();
            reference.set("$ref", object.remove("$ref"));
            ArrayNode either = object.putArray("anyOf");
            either.add(reference);
            either.addObject().put("type", "null");
        }
    }
}
