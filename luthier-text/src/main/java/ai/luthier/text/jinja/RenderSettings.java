package ai.luthier.text.jinja;

import java.time.Clock;
import java.time.ZoneId;
import java.util.Set;

/**
 * What a render may use and how much of it.
 *
 * @param clock what {@code strftime_now} reads, in the clock's zone
 * @param controlVariables variables whose strings count as the template's own text, not as data: the special tokens
 * @param maxSteps nodes evaluated, items looked at and characters produced (eight to a step) before the render is stopped
 * @param maxDepth nesting of macro calls, and of values printed
 * @param maxOutput length of the output in UTF-16 units
 */
public record RenderSettings(Clock clock, Set<String> controlVariables, long maxSteps, int maxDepth, int maxOutput) {

    public RenderSettings {
        controlVariables = Set.copyOf(controlVariables);
        if (maxSteps < 1 || maxDepth < 1 || maxOutput < 1) {
            throw new IllegalArgumentException("limits of a render are positive");
        }
    }

    /** The system's clock, no control variables, and limits far above any real conversation. */
    public static RenderSettings standard() {
        return new RenderSettings(Clock.system(ZoneId.systemDefault()), Set.of(), 20_000_000L, 150, Text.MAX_LENGTH);
    }

    public RenderSettings withClock(Clock changed) {
        return new RenderSettings(changed, controlVariables, maxSteps, maxDepth, maxOutput);
    }

    public RenderSettings withControlVariables(Set<String> changed) {
        return new RenderSettings(clock, changed, maxSteps, maxDepth, maxOutput);
    }

    public RenderSettings withLimits(long steps, int depth, int output) {
        return new RenderSettings(clock, controlVariables, steps, depth, output);
    }
}
