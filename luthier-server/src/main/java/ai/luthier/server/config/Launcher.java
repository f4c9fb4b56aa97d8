package ai.luthier.server.config;

import java.util.Set;

/** Variables of the launcher script, which are no settings of the server. */
final class Launcher {

    static final Set<String> OWN = Set.of("LUTHIER_HOME", "LUTHIER_JAVA_HOME", "LUTHIER_JAVA_OPTIONS");

    private Launcher() {}
}
