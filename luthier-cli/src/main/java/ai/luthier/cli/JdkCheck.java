package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Unavailable;

/**
 * Refuses JDKs on which native calls are not safe: before 25.0.3 the G1 collector could move pinned objects under JNI and
 * corrupt memory silently (JDK-8377811).
 */
final class JdkCheck {

    private static final Runtime.Version OLDEST = Runtime.Version.parse("25.0.3");

    private JdkCheck() {}

    static void requireSafeJdk(Runtime.Version version) {
        if (version.feature() != OLDEST.feature() || version.compareToIgnoreOptional(OLDEST) < 0) {
            throw new Unavailable(
                    ErrorCode.UNAVAILABLE,
                    null,
                    "Luthier needs JDK 25.0.3 or a later update of 25; this is " + version
                            + ". Install one and point LUTHIER_JAVA_HOME at it.");
        }
    }
}
