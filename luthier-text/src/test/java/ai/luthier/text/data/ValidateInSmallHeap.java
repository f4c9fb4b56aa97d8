package ai.luthier.text.data;

import ai.luthier.text.data.Problem.Kind;
import java.nio.file.Path;
import java.util.Locale;

/** What {@link BoundedMemoryTest} runs in a JVM of its own. */
public final class ValidateInSmallHeap {

    private ValidateInSmallHeap() {}

    public static void main(String[] arguments) {
        ValidationReport report = TrainingFile.open(Path.of(arguments[0]))
                .validate(ValidationSettings.training("file", Integer.MAX_VALUE), null, ProblemSink.NONE);
        System.out.printf(
                Locale.ROOT,
                "rows %d, errors %d, repeated rows %d%n",
                report.rows(),
                report.errorCount(),
                report.counts().getOrDefault(Kind.DUPLICATE_ROW, 0L));
    }
}
