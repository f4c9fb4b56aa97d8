package ai.luthier.server.store;

import java.net.URI;
import java.util.Optional;

/**
 * The server that holds a data directory.
 *
 * @param pid its process id, 0 where it could not be read
 * @param url where it listens; empty while it starts
 */
public record RunningServer(long pid, Optional<URI> url) {

    boolean alive() {
        return pid > 0 && ProcessHandle.of(pid).isPresent();
    }
}
