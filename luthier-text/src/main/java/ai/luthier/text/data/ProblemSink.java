package ai.luthier.text.data;

/** Where findings go, in the order in which they are found. */
@FunctionalInterface
public interface ProblemSink {

    /** A sink for callers that need only the report. */
    ProblemSink NONE = problem -> {};

    void accept(Problem problem);
}
