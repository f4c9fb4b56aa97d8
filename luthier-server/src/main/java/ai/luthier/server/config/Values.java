package ai.luthier.server.config;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The texts of all settings with where they come from, and their reading as numbers and words. What cannot be read counts as its
 * default and is remembered, so that {@link #refuseProblems} can say everything at once. Used by one thread.
 */
final class Values {

    /** A value and the place it was found in, for messages. */
    private record Given(String text, String where) {}

    private final Map<Setting, Given> given = new EnumMap<>(Setting.class);
    private final List<String> problems = new ArrayList<>();

    private Values() {}

    static Values none() {
        return new Values();
    }

    static Values read(Map<String, String> environment, Map<String, String> flags) {
        var values = new Values();
        values.addFlags(flags);
        values.addEnvironment(environment);
        // The file lies in the data directory, so that one setting has to be known by now.
        SettingsFile.read(
                java.nio.file.Path.of(values.text(Setting.DATA_DIRECTORY)).resolve("luthier.json"), values);
        return values;
    }

    private void addFlags(Map<String, String> flags) {
        flags.forEach((key, text) -> add(key, text, "flag --" + key));
    }

    private void addEnvironment(Map<String, String> environment) {
        List<String> variables =
                Stream.of(Setting.values()).map(Setting::variable).toList();
        environment.forEach((name, text) -> {
            Optional<Setting> setting = Setting.ofVariable(name);
            if (setting.isPresent()) {
                given.putIfAbsent(setting.get(), new Given(text, "environment variable " + name));
            } else if (name.startsWith("LUTHIER_") && !Launcher.OWN.contains(name)) {
                problem("Unknown environment variable %s; did you mean %s?"
                        .formatted(name, Nearest.to(name, variables).orElseThrow()));
            }
        });
    }

    /** A value by key; an earlier one for the same key stays. */
    void add(String key, String text, String where) {
        Optional<Setting> setting = Setting.of(key);
        if (setting.isPresent()) {
            given.putIfAbsent(setting.get(), new Given(text, where));
        } else {
            List<String> keys = Stream.of(Setting.values()).map(Setting::key).toList();
            problem("Unknown setting '%s' (%s); did you mean '%s'?"
                    .formatted(key, where, Nearest.to(key, keys).orElseThrow()));
        }
    }

    void problem(String text) {
        problems.add(text);
    }

    /** @throws UserError naming all problems */
    void refuseProblems() {
        if (!problems.isEmpty()) {
            throw new UserError(ErrorCode.INVALID_CONFIGURATION, null, String.join("\n", problems));
        }
    }

    String text(Setting setting) {
        @Nullable Given value = given.get(setting);
        return value == null ? setting.fallback() : value.text();
    }

    Optional<String> optional(Setting setting) {
        return Optional.of(text(setting)).filter(text -> !text.isBlank());
    }

    String matching(Setting setting, String pattern, String wanted) {
        return text(setting).matches(pattern) ? text(setting) : fallBack(setting, wanted);
    }

    /** A number in {@code [least, most]}. */
    long number(Setting setting, long least, long most) {
        try {
            long number = Long.parseLong(text(setting).strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        String range = most == Long.MAX_VALUE ? least + " or more" : least + " to " + most;
        return Long.parseLong(fallBack(setting, "a whole number, " + range));
    }

    int integer(Setting setting, int least, int most) {
        return (int) number(setting, least, most);
    }

    Duration seconds(Setting setting) {
        return Duration.ofSeconds(number(setting, 1, 86_400));
    }

    boolean flag(Setting setting) {
        return Boolean.parseBoolean(matching(setting, "true|false", "true or false"));
    }

    <E extends Enum<E>> E word(Setting setting, Class<E> type) {
        String wanted = Stream.of(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("|"));
        return Enum.valueOf(
                type, matching(setting, wanted, wanted.replace("|", " or ")).toUpperCase(Locale.ROOT));
    }

    private String fallBack(Setting setting, String wanted) {
        @Nullable Given value = given.get(setting);
        String where = value == null ? "default" : value.where();
        String shown = setting.secret() ? "the value" : "'" + text(setting) + "'";
        problem("%s (%s) is not possible for %s; it takes %s.".formatted(shown, where, setting.key(), wanted));
        return setting.fallback();
    }
}
