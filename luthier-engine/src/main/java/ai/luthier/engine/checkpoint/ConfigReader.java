package ai.luthier.engine.checkpoint;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Reads one {@code config.json} and remembers which keys were asked for, so that what nobody asked for can be refused by name:
 * a key that changes the computation must never be ignored. Collects every complaint before it throws.
 */
final class ConfigReader {

    private final Path file;
    private final JsonNode json;
    private final Set<String> known = new HashSet<>();
    private final List<String> complaints = new ArrayList<>();

    ConfigReader(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    /** A number that must be there. */
    int integer(String key) {
        JsonNode value = get(key);
        if (value == null) {
            complaints.add("'" + key + "' is missing");
            return 1;
        }
        return integer(key, value);
    }

    int integer(String key, int otherwise) {
        JsonNode value = get(key);
        return value == null ? otherwise : integer(key, value);
    }

    double number(String key, double otherwise) {
        JsonNode value = get(key);
        if (value != null && !value.isNumber()) {
            complaints.add("'" + key + "' must be a number, not " + value);
            return otherwise;
        }
        return value == null ? otherwise : value.doubleValue();
    }

    boolean flag(String key, boolean otherwise) {
        JsonNode value = get(key);
        if (value != null && !value.isBoolean()) {
            complaints.add("'" + key + "' must be true or false, not " + value);
            return otherwise;
        }
        return value == null ? otherwise : value.booleanValue();
    }

    /** A key that may only have this one value, because the engine computes nothing else. */
    void only(String key, String expected) {
        JsonNode value = get(key);
        if (value != null && !value.asString("").equals(expected)) {
            complaints.add("'" + key + "' is " + value + "; this engine computes only '" + expected + "'");
        }
    }

    /** The same for numbers. */
    void only(String key, double expected) {
        JsonNode value = get(key);
        if (value != null && (!value.isNumber() || value.doubleValue() != expected)) {
            complaints.add("'" + key + "' is " + value + "; this engine computes only " + expected);
        }
    }

    /** A nested object; a reader of nothing where the key is absent or null. */
    ConfigReader object(String key) {
        JsonNode value = get(key);
        return new ConfigReader(file, value == null ? JsonNodeFactory.instance.objectNode() : value);
    }

    void ignore(Set<String> keys) {
        known.addAll(keys);
    }

    boolean has(String key) {
        return get(key) != null;
    }

    void complain(String complaint) {
        complaints.add(complaint);
    }

    /** Takes over what a nested reader found, under the name of its key. */
    void absorb(String key, ConfigReader nested) {
        nested.refuseUnknown();
        nested.complaints.forEach(complaint -> complaints.add("in '" + key + "': " + complaint));
    }

    /** Throws all complaints, among them every key that no one asked for. */
    void finish() {
        refuseUnknown();
        if (!complaints.isEmpty()) {
            throw new UserError(ErrorCode.INVALID_MODEL, null, file + ": " + String.join("; ", complaints) + ".");
        }
    }

    private void refuseUnknown() {
        json.properties().forEach(property -> {
            if (!known.contains(property.getKey()) && !property.getValue().isNull()) {
                complaints.add("the key '" + property.getKey() + "' (" + abbreviated(property.getValue())
                        + ") may change what the model computes and is not supported");
            }
        });
    }

    private static String abbreviated(JsonNode value) {
        String text = value.toString();
        return text.length() > 60 ? text.substring(0, 57) + "…" : text;
    }

    private @Nullable JsonNode get(String key) {
        known.add(key);
        JsonNode value = json.get(key);
        return value == null || value.isNull() ? null : value;
    }

    private int integer(String key, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            complaints.add("'" + key + "' must be a positive whole number, not " + value);
            return 1;
        }
        return value.intValue();
    }
}
