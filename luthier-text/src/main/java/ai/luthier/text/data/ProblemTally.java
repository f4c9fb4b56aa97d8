package ai.luthier.text.data;

import ai.luthier.text.data.Problem.Kind;
import ai.luthier.text.data.Problem.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts findings, keeps the first of each severity and hands all of them on. Not safe for several threads. */
final class ProblemTally implements ProblemSink {

    private final int kept;
    private final ProblemSink next;
    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private long errorCount;
    private long warningCount;

    ProblemTally(int kept, ProblemSink next) {
        this.kept = kept;
        this.next = next;
    }

    @Override
    public void accept(Problem problem) {
        counts.merge(problem.kind(), 1L, Long::sum);
        boolean error = problem.severity() == Severity.ERROR;
        if (error) {
            errorCount++;
        } else {
            warningCount++;
        }
        List<Problem> list = error ? errors : warnings;
        if (list.size() < kept) {
            list.add(problem);
        }
        next.accept(problem);
    }

    long errorCount() {
        return errorCount;
    }

    long warningCount() {
        return warningCount;
    }

    List<Problem> errors() {
        return errors;
    }

    List<Problem> warnings() {
        return warnings;
    }

    Map<Kind, Long> counts() {
        return Collections.unmodifiableMap(counts);
    }
}
