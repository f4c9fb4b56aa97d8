package ai.luthier.engine.train;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.engine.checkpoint.AtomicFile;
import ai.luthier.text.tokens.TokenizedPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the model said of every pair before its first update. The reference of preference training never changes, so it is asked
 * once; the numbers are kept in {@code reference.json}, because a run that goes on has no such model any more and needs them bit
 * for bit.
 *
 * <p>Pairs are scored in fixed groups of {@value #GROUP}, so that a group's numbers do not depend on where an earlier worker was
 * killed. The file is replaced as a whole, at the end and every half minute.
 */
final class ReferenceScores {

    static final int GROUP = 64;
    private static final Duration BETWEEN_WRITES = Duration.ofSeconds(30);
    private static final JsonMapper JSON = JsonMapper.shared();

    /** The file: doubles print so that they are read back exactly. */
    private record Kept(List<PairScore> scores) {}

    private final Path file;
    private final WriteGate gate;
    private final RunObserver observer;
    private final Duration betweenWrites;

    ReferenceScores(Path folder, WriteGate gate, RunObserver observer) {
        this(folder, gate, observer, BETWEEN_WRITES);
    }

    ReferenceScores(Path folder, WriteGate gate, RunObserver observer, Duration betweenWrites) {
        this.file = folder.resolve("reference.json");
        this.gate = gate;
        this.observer = observer;
        this.betweenWrites = betweenWrites;
    }

    /**
     * The scores of all pairs, in their order; those that are missing are computed now.
     *
     * @param begun whether the model has been updated already, so that nothing can be computed any more
     */
    List<PairScore> of(List<TokenizedPair> pairs, PreferenceStep step, boolean begun) throws IOException {
        List<PairScore> scores = new ArrayList<>(kept());
        if (scores.size() < pairs.size() && begun) {
            throw new Internal(
                    ErrorCode.INTERNAL,
                    null,
                    file + " has the reference of " + scores.size() + " of " + pairs.size()
                            + " pairs, and the model has been trained since. Start the run again in an empty folder.");
        }
        if (scores.size() < pairs.size()) {
            observer.on(new RunEvent.ReferenceScored(scores.size(), pairs.size()));
        }
        long written = System.nanoTime();
        while (scores.size() < pairs.size()) {
            int end = Math.min(pairs.size(), scores.size() + GROUP);
            scores.addAll(step.scores(pairs.subList(scores.size(), end)));
            if (end == pairs.size() || System.nanoTime() - written >= betweenWrites.toNanos()) {
                keep(scores);
                observer.on(new RunEvent.ReferenceScored(end, pairs.size()));
                written = System.nanoTime();
            }
        }
        return scores;
    }

    private List<PairScore> kept() throws IOException {
        return Files.exists(file)
                ? JSON.readValue(Files.readString(file), Kept.class).scores()
                : List.of();
    }

    private void keep(List<PairScore> scores) throws IOException {
        gate.check();
        AtomicFile.write(file, JSON.writeValueAsBytes(new Kept(scores)));
    }
}
