package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A hyperparameter that is either the word {@code "auto"} or a number. It is a word until the job runs and the number that was
 * chosen from then on.
 *
 * @param number an {@link Integer} or a {@link Double}; null for {@code "auto"}
 */
public record AutoOrNumber(@Nullable Number number) {

    public static final AutoOrNumber AUTO = new AutoOrNumber(null);

    public static AutoOrNumber of(int value) {
        return new AutoOrNumber(value);
    }

    public static AutoOrNumber of(double value) {
        return new AutoOrNumber(value);
    }

    /** Reads {@code "auto"} or a number; anything else is an {@link IllegalArgumentException}. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static AutoOrNumber fromJson(Object json) {
        return switch (json) {
            case String word when word.equals("auto") -> AUTO;
            case Number value -> new AutoOrNumber(value);
            default -> throw new IllegalArgumentException("expected \"auto\" or a number, got " + json);
        };
    }

    public boolean isAuto() {
        return number == null;
    }

    /** The number, empty for {@code "auto"}. */
    public Optional<Number> value() {
        return Optional.ofNullable(number);
    }

    @JsonValue
    Object toJson() {
        return number == null ? "auto" : number;
    }

    @Override
    public String toString() {
        return String.valueOf(toJson());
    }
}
