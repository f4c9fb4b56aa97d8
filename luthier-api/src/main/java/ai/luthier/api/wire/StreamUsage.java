package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * The {@code usage} of an event in a stream that was asked for it: null in every event but the last, which carries the numbers. A
 * stream that was not asked has no such key at all.
 */
public record StreamUsage(@JsonValue @Nullable Usage usage) {

    /** What every event before the last one says. */
    public static final StreamUsage PENDING = new StreamUsage(null);

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public StreamUsage {}
}
