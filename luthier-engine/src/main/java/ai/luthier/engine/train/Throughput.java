package ai.luthier.engine.train;

import java.util.ArrayDeque;
import java.util.Deque;

/** Tokens per second over the last steps. */
final class Throughput {

    private static final int WINDOW = 20;

    private record Mark(long nanos, long tokens) {}

    private final Deque<Mark> marks = new ArrayDeque<>();
    private long tokens;

    Throughput() {
        marks.add(new Mark(System.nanoTime(), 0));
    }

    /** Counts a step's tokens and returns the rate over the last {@value #WINDOW} steps. */
    double add(long stepTokens) {
        tokens += stepTokens;
        Mark now = new Mark(System.nanoTime(), tokens);
        marks.add(now);
        if (marks.size() > WINDOW + 1) {
            marks.removeFirst();
        }
        Mark first = marks.getFirst();
        return (now.tokens() - first.tokens()) / Math.max(1e-9, (now.nanos() - first.nanos()) / 1e9);
    }
}
