package ai.luthier.server.http.request;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The fields of one JSON object, each taken with its type and range or refused with its name. Nothing is coerced: {@code "1"}
 * is not an integer and neither is {@code 1.0}. A null is the same as an absent field.
 */
final class Fields {

    private final JsonNode object;
    private final String path;

    private Fields(JsonNode object, String path) {
        this.object = object;
        this.path = path;
    }

    /** The body of a request, whose names must be those at {@code place}. */
    static Fields body(JsonNode body, String place, String... additional) {
        if (!body.isObject()) {
            throw Complaint.wrongType("body", "an object", body);
        }
        return at(body, "", place, additional);
    }

    /**
     * An object inside the body.
     *
     * @param path what its fields are called in messages, for example {@code messages[2]}
     */
    static Fields at(JsonNode object, String path, String place, String... additional) {
        if (!object.isObject()) {
            throw Complaint.wrongType(path, "an object", object);
        }
        Set<String> known = new HashSet<>(KnownFields.of(place));
        known.addAll(List.of(additional));
        return only(object, path, known);
    }

    /** A body of our own, which OpenAI's specification does not know. */
    static Fields own(JsonNode body, String... names) {
        if (!body.isObject()) {
            throw Complaint.wrongType("body", "an object", body);
        }
        return only(body, "", Set.of(names));
    }

    private static Fields only(JsonNode object, String path, Set<String> known) {
        Fields fields = new Fields(object, path);
        List<String> unknown = object.propertyNames().stream()
                .filter(name -> !known.contains(name))
                .map(fields::name)
                .toList();
        if (!unknown.isEmpty()) {
            throw Complaint.unrecognized(unknown);
        }
        return fields;
    }

    /** The full name of a field, as messages give it. */
    String name(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    /** The value, empty where it is absent or null. */
    Optional<JsonNode> value(String field) {
        @Nullable JsonNode node = object.get(field);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    JsonNode required(String field) {
        @Nullable JsonNode node = object.get(field);
        if (node == null) {
            throw Complaint.missing(name(field));
        }
        return node;
    }

    Optional<String> string(String field) {
        return value(field).map(node -> asString(name(field), node));
    }

    String requiredString(String field) {
        return asString(name(field), required(field));
    }

    static String asString(String name, JsonNode node) {
        if (!node.isString()) {
            throw Complaint.wrongType(name, "a string", node);
        }
        return node.asString();
    }

    /** A string of a length in characters, counted as code points. */
    Optional<String> string(String field, int minimum, int maximum) {
        Optional<String> value = string(field);
        value.ifPresent(text -> {
            int length = text.codePointCount(0, text.length());
            if (length > maximum) {
                throw Complaint.tooLong(name(field), "string", maximum, length);
            }
            if (length < minimum) {
                throw Complaint.tooShort(name(field), "string", minimum, length);
            }
        });
        return value;
    }

    Optional<String> oneOf(String field, Collection<String> allowed) {
        Optional<String> value = string(field);
        value.filter(text -> !allowed.contains(text)).ifPresent(text -> {
            throw Complaint.notOneOf(name(field), text, allowed);
        });
        return value;
    }

    boolean bool(String field, boolean otherwise) {
        return value(field)
                .map(node -> {
                    if (!node.isBoolean()) {
                        throw Complaint.wrongType(name(field), "a boolean", node);
                    }
                    return node.asBoolean();
                })
                .orElse(otherwise);
    }

    /** An integer in [minimum, maximum]. */
    OptionalLong integer(String field, long minimum, long maximum) {
        Optional<JsonNode> node = value(field);
        return node.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(asInteger(name(field), node.get(), minimum, maximum));
    }

    OptionalInt integer(String field, int minimum, int maximum) {
        OptionalLong value = integer(field, (long) minimum, (long) maximum);
        return value.isEmpty() ? OptionalInt.empty() : OptionalInt.of((int) value.getAsLong());
    }

    static long asInteger(String name, JsonNode node, long minimum, long maximum) {
        if (!node.isIntegralNumber()) {
            throw Complaint.wrongType(name, "an integer", node);
        }
        if (!node.canConvertToLong()) {
            throw node.asBigInteger().signum() < 0
                    ? Complaint.below(name, minimum, node)
                    : Complaint.above(name, maximum, node);
        }
        long value = node.asLong();
        if (value < minimum) {
            throw Complaint.below(name, minimum, value);
        }
        if (value > maximum) {
            throw Complaint.above(name, maximum, value);
        }
        return value;
    }

    /** A number in [minimum, maximum]. */
    OptionalDouble number(String field, double minimum, double maximum) {
        Optional<JsonNode> node = value(field);
        return node.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(asNumber(name(field), node.get(), minimum, maximum));
    }

    static double asNumber(String name, JsonNode node, double minimum, double maximum) {
        if (!node.isNumber()) {
            throw Complaint.wrongType(name, "a decimal", node);
        }
        double value = node.asDouble();
        if (Double.isInfinite(value)) {
            throw Complaint.wrongType(name, "a number that fits into 64 bits", node);
        }
        if (value < minimum) {
            throw Complaint.below(name, minimum, node);
        }
        if (value > maximum) {
            throw Complaint.above(name, maximum, node);
        }
        return value;
    }

    /** The elements of an array of between {@code minimum} and {@code maximum} elements. */
    Optional<List<JsonNode>> array(String field, int minimum, int maximum) {
        return value(field).map(node -> {
            if (!node.isArray()) {
                throw Complaint.wrongType(name(field), "an array", node);
            }
            if (node.size() < minimum) {
                throw Complaint.tooShort(name(field), "array", minimum, node.size());
            }
            if (node.size() > maximum) {
                throw Complaint.tooLong(name(field), "array", maximum, node.size());
            }
            return new ArrayList<>(node.values());
        });
    }

    /** An object inside this one. */
    Optional<Fields> object(String field, String place) {
        return value(field).map(node -> at(node, name(field), place));
    }

    /** Pairs of strings: at most 16, keys of at most 64 characters, values of at most 512. */
    Optional<Map<String, String>> metadata(String field) {
        return value(field).map(node -> {
            if (!node.isObject()) {
                throw Complaint.wrongType(name(field), "an object", node);
            }
            if (node.size() > 16) {
                throw Complaint.invalid(
                        name(field),
                        "Invalid '" + name(field) + "': too many properties. Expected an object with at most 16"
                                + " properties, but got an object with " + node.size() + " properties instead.");
            }
            Map<String, String> pairs = new LinkedHashMap<>();
            node.forEachEntry((key, value) -> {
                String name = name(field) + "." + key;
                String text = asString(name, value);
                if (key.length() > 64) {
                    throw Complaint.tooLong(name, "string", 64, key.length());
                }
                if (text.length() > 512) {
                    throw Complaint.tooLong(name, "string", 512, text.length());
                }
                pairs.put(key, text);
            });
            return pairs;
        });
    }
}
