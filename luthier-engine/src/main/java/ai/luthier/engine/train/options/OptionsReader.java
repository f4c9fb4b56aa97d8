package ai.luthier.engine.train.options;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One object of options, each taken with its type and range. What is wrong is remembered, and said by {@link #refuseProblems} all
 * at once; until then the default stands for it. Nothing is coerced, and a null is the same as an absent key. Used by one thread.
 */
final class OptionsReader {

    private record Problem(ErrorCode code, @Nullable String param, String text) {}

    private final Map<String, Object> given = new LinkedHashMap<>();
    private final String name;
    private final Set<String> known = new HashSet<>();
    private final List<OptionsReader> inner = new ArrayList<>();
    private final List<Problem> problems;

    OptionsReader(Map<String, Object> given, String name) {
        this(given, name, new ArrayList<>());
    }

    private OptionsReader(Map<?, ?> given, String name, List<Problem> problems) {
        given.forEach((key, value) -> {
            if (value != null) {
                this.given.put(String.valueOf(key), value);
            }
        });
        this.name = name;
        this.problems = problems;
    }

    /** An object inside this one; empty where it is absent. Its problems are told with those of this one. */
    Optional<OptionsReader> object(String key) {
        known.add(key);
        Object value = given.get(key);
        if (value instanceof Map<?, ?> map) {
            OptionsReader reader = new OptionsReader(map, path(key), problems);
            inner.add(reader);
            return Optional.of(reader);
        }
        if (value != null) {
            wrongType(key, "an object");
        }
        return Optional.empty();
    }

    /** An integer in {@code [least, most]}. */
    int integer(String key, int least, int most, int otherwise) {
        known.add(key);
        return switch (given.get(key)) {
            case null -> otherwise;
            case Integer value when value >= least && value <= most -> value;
            case Integer value -> outside(key, value, least + " to " + most, otherwise);
            case Long value -> outside(key, value, least + " to " + most, otherwise);
            case BigInteger value -> outside(key, value, least + " to " + most, otherwise);
            default -> wrongType(key, "an integer", otherwise);
        };
    }

    /** A number in {@code [least, most]}. */
    double number(String key, double least, double most, double otherwise) {
        return number(key, least, most, otherwise, plain(least) + " to " + plain(most), true);
    }

    /** A number in {@code (bound, most]}. */
    double above(String key, double bound, double most, double otherwise) {
        return number(key, bound, most, otherwise, "above " + plain(bound) + ", at most " + plain(most), false);
    }

    private double number(String key, double least, double most, double otherwise, String range, boolean inclusive) {
        known.add(key);
        Object value = given.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof Number number)) {
            return wrongType(key, "a number", otherwise);
        }
        double found = number.doubleValue();
        boolean inside = found <= most && (inclusive ? found >= least : found > least);
        return inside ? found : outside(key, value, range, otherwise);
    }

    /** The number that "auto" stands for, where the word is given. */
    Optional<Double> autoOr(String key, double auto) {
        known.add(key);
        return "auto".equals(given.get(key)) ? Optional.of(auto) : Optional.empty();
    }

    boolean flag(String key, boolean otherwise) {
        known.add(key);
        return switch (given.get(key)) {
            case null -> otherwise;
            case Boolean value -> value;
            default -> wrongType(key, "a boolean", otherwise);
        };
    }

    /** A constant of an enum, in lower case. */
    <E extends Enum<E>> E word(String key, Class<E> type, E otherwise) {
        known.add(key);
        Object value = given.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof String text)) {
            return wrongType(key, "a string", otherwise);
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
                return constant;
            }
        }
        String allowed = Arrays.stream(type.getEnumConstants())
                .map(constant -> "'" + constant.name().toLowerCase(Locale.ROOT) + "'")
                .collect(Collectors.joining(", "));
        problem(ErrorCode.INVALID_VALUE, key, "Invalid value: '" + text + "'. Supported values are: " + allowed + ".");
        return otherwise;
    }

    /** A list of different, non-empty strings, at least one. */
    List<String> names(String key, int most, List<String> otherwise) {
        known.add(key);
        Object value = given.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof List<?> list)) {
            return wrongType(key, "an array of strings", otherwise);
        }
        List<String> names = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof String text) || text.isBlank()) {
                return outside(key, list, "an array of non-empty strings", otherwise);
            }
            names.add(text);
        }
        return names.isEmpty() || names.size() > most || new HashSet<>(names).size() < names.size()
                ? outside(key, names, "1 to " + most + " different names", otherwise)
                : names;
    }

    /** This key means nothing beside another choice. */
    void meaningless(String key, String beside) {
        problem(ErrorCode.INVALID_VALUE, key, "'" + path(key) + "' means nothing for " + beside + ". Leave it out.");
    }

    /** These keys mean nothing to a method. */
    void refuse(TrainingMethod method, String... keys) {
        for (String key : keys) {
            if (given.containsKey(key)) {
                problem(
                        ErrorCode.INVALID_VALUE,
                        key,
                        "'" + path(key) + "' means nothing for the method '" + method.option() + "'. Leave it out.");
            }
        }
    }

    /** @throws UserError with everything that was wrong; a single problem keeps its own code, several have {@code together} */
    void refuseProblems(ErrorCode together) {
        List<Problem> all = new ArrayList<>(unknown());
        inner.forEach(reader -> all.addAll(reader.unknown()));
        all.addAll(problems);
        if (all.isEmpty()) {
            return;
        }
        throw new UserError(
                all.size() == 1 ? all.getFirst().code() : together,
                all.getFirst().param(),
                all.stream().map(Problem::text).collect(Collectors.joining(" ")));
    }

    private List<Problem> unknown() {
        Set<String> odd = new TreeSet<>(given.keySet());
        odd.removeAll(known);
        return odd.stream()
                .map(key -> new Problem(
                        ErrorCode.UNRECOGNIZED_ARGUMENT,
                        path(key),
                        "Unrecognized request argument supplied: " + path(key) + ". Known are: "
                                + String.join(", ", new TreeSet<>(known)) + "."))
                .toList();
    }

    private <T> T wrongType(String key, String expected, T otherwise) {
        wrongType(key, expected);
        return otherwise;
    }

    private void wrongType(String key, String expected) {
        problem(
                ErrorCode.INVALID_TYPE,
                key,
                "Invalid type for '" + path(key) + "': expected " + expected + ", but got " + kind(given.get(key))
                        + " instead.");
    }

    private <T> T outside(String key, Object found, String range, T otherwise) {
        problem(
                ErrorCode.INVALID_VALUE,
                key,
                "Invalid '" + path(key) + "': expected " + range + ", but got " + found + " instead.");
        return otherwise;
    }

    private void problem(ErrorCode code, String key, String text) {
        problems.add(new Problem(code, path(key), text));
    }

    private String path(String key) {
        return path(name, key);
    }

    /** What messages call a key of the object {@code name}; of a flag where the name is empty. */
    static String path(String name, String key) {
        return name.isEmpty() ? "--" + key.replace('_', '-') : name + "." + key;
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }

    private static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String _ -> "a string";
            case Boolean _ -> "a boolean";
            case Integer _, Long _, BigInteger _ -> "an integer";
            case Number _ -> "a decimal number";
            case List<?> _ -> "an array";
            default -> "an object";
        };
    }
}
