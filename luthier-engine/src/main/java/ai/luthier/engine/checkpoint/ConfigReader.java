package ai.luthier.engine.checkpoint;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.model.Activation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Reads one {@code config.json} and remembers which keys were asked for, so that what nobody asked for can be refused by name:
 * a key that changes the computation must never be ignored. Collects every complaint before it throws.
 */
final class ConfigReader {

    private static final int MOST_LAYERS = 1000;

    private final Path file;
    private final JsonNode json;
    private final Set<String> known = new HashSet<>();
    private final Set<String> complaints = new LinkedHashSet<>();

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

    /** A whole number that may be 0. */
    int integerFromZero(String key, int otherwise) {
        JsonNode value = get(key);
        return value != null && value.isIntegralNumber() && value.asInt(-1) == 0 ? 0 : integer(key, otherwise);
    }

    /**
     * Tokens of {@code sliding_window}; 0 where the key is there and null, which means that there is none.
     *
     * @param otherwise where the key is not there
     */
    int window(int otherwise) {
        known.add("sliding_window");
        if (json.path("sliding_window").isMissingNode()) {
            return otherwise;
        }
        return has("sliding_window") ? integer("sliding_window") : 0;
    }

    /** Complains about layers that should have a window where there is none. */
    void requireWindow(int window, List<Boolean> sliding) {
        if (window == 0 && sliding.contains(true)) {
            complaints.add("layers have sliding_attention, but 'sliding_window' does not say how many tokens it spans");
        }
    }

    /** How many layers, at most {@value #MOST_LAYERS}: what is made for each layer must not be at a file's mercy. */
    int layers(String key) {
        return bounded(key, integer(key));
    }

    int layers(String key, int otherwise) {
        return bounded(key, integer(key, otherwise));
    }

    private int bounded(String key, int layers) {
        if (layers > MOST_LAYERS) {
            complaints.add(
                    "'" + key + "' is " + layers + ", more than the " + MOST_LAYERS + " layers a model may have");
            return 1;
        }
        return layers;
    }

    /** A number that must be there. */
    double number(String key) {
        if (get(key) == null) {
            complaints.add("'" + key + "' is missing");
            return 1;
        }
        return number(key, 1);
    }

    /** A cap, positive; 0 where the key is there and null, which means that there is none. */
    double cap(String key, double otherwise) {
        double cap = json.path(key).isNull() ? 0 : number(key, otherwise);
        if (has(key) && !(cap > 0)) {
            complaints.add("'" + key + "' must be positive, or null where nothing is capped, not " + cap);
            return otherwise;
        }
        return cap;
    }

    /** A list of numbers that must be there. */
    List<Double> numbers(String key) {
        JsonNode value = get(key);
        List<Double> numbers = new ArrayList<>();
        if (value == null || !value.isArray()) {
            complaints.add("'" + key + "' must be a list of numbers, not " + value);
            return numbers;
        }
        for (JsonNode number : value) {
            if (!number.isNumber() || !(number.doubleValue() > 0)) {
                complaints.add("'" + key + "' must hold positive numbers, not " + number);
                return List.of();
            }
            numbers.add(number.doubleValue());
        }
        return numbers;
    }

    String text(String key, String otherwise) {
        JsonNode value = get(key);
        if (value != null && !value.isString()) {
            complaints.add("'" + key + "' must be a string, not " + value);
            return otherwise;
        }
        return value == null ? otherwise : value.asString(otherwise);
    }

    /** The name of a function that feed-forward blocks can have. */
    Activation activation(String key, String otherwise) {
        String name = text(key, otherwise);
        return Activation.named(name).orElseGet(() -> {
            complaints.add("'" + key + "' is \"" + name + "\", which this engine does not compute");
            return Activation.SILU;
        });
    }

    /** One flag a layer, written as 0 and 1; at least as many as there are layers. */
    List<Boolean> flags(String key, int layers, IntPredicate otherwise) {
        JsonNode value = get(key);
        List<Boolean> flags = new ArrayList<>();
        if (value != null && (!value.isArray() || value.size() < layers)) {
            complaints.add("'" + key + "' must hold one number for each of the " + layers + " layers, not "
                    + abbreviated(value));
            value = null;
        }
        for (int layer = 0; layer < layers; layer++) {
            flags.add(value == null ? otherwise.test(layer) : flag(key, value.get(layer)));
        }
        return flags;
    }

    private boolean flag(String key, JsonNode value) {
        if (!value.isIntegralNumber()) {
            complaints.add("'" + key + "' must hold 0 and 1, not " + value);
        }
        return value.asInt(0) != 0;
    }

    /** Which layers have a window, by {@code layer_types} where the file has it. */
    List<Boolean> slidingLayers(int layers, IntPredicate otherwise) {
        JsonNode types = get("layer_types");
        if (types != null && (!types.isArray() || types.size() != layers)) {
            complaints.add("'layer_types' must name one type for each of the " + layers + " layers, not "
                    + abbreviated(types));
            types = null;
        }
        List<Boolean> sliding = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            sliding.add(types == null ? otherwise.test(layer) : sliding(types.get(layer)));
        }
        return sliding;
    }

    private boolean sliding(JsonNode type) {
        String name = type.asString("");
        if (!name.equals("full_attention") && !name.equals("sliding_attention")) {
            complaints.add(
                    "'layer_types' has " + type + "; this engine computes only full_attention and sliding_attention");
        }
        return name.equals("sliding_attention");
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

    /** A nested object; a reader of nothing where the key is absent, null or false. */
    ConfigReader object(String key) {
        JsonNode value = get(key);
        if (value != null && !value.isObject()) {
            if (!value.isBoolean() || value.booleanValue()) {
                complaints.add("'" + key + "' must be an object, not " + abbreviated(value));
            }
            value = null;
        }
        return new ConfigReader(file, value == null ? JsonNodeFactory.instance.objectNode() : value);
    }

    void ignore(Set<String> keys) {
        known.addAll(keys);
    }

    /** Ignores keys where they have these values, given as JSON. */
    void ignoreNeutral(Map<String, String> values) {
        values.forEach((key, value) -> {
            if (json.path(key).toString().equals(value)) {
                known.add(key);
            }
        });
    }

    void ignore(String... keys) {
        known.addAll(List.of(keys));
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
        known.add(key);
        nested.complaints.forEach(complaint -> complaints.add("in '" + key + "': " + complaint));
    }

    /** Throws all complaints, among them every key that no one asked for. */
    void finish() {
        refuseUnknown();
        if (!complaints.isEmpty()) {
            throw new UserError(ErrorCode.INVALID_MODEL, null, file + ": " + String.join("; ", complaints) + ".");
        }
    }

    /**
     * The error of a reading that could not go on, because what it had read makes no decoder. The complaints so far are its
     * cause where there are any; keys that were not reached yet are not called unknown.
     */
    UserError stopped(IllegalArgumentException reason) {
        String text = complaints.isEmpty() ? String.valueOf(reason.getMessage()) : String.join("; ", complaints);
        return new UserError(ErrorCode.INVALID_MODEL, null, file + ": " + text + ".", reason);
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
