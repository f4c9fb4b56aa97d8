package ai.luthier.server;

import ai.luthier.api.LuthierException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the default base beside the start of the server, again and again until it works, and says how far that is: a server
 * whose default base cannot answer is not ready. The owner can mend it meanwhile by {@code luthier models add}.
 *
 * <p>Safe for any thread.
 */
final class DefaultBase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DefaultBase.class);

    /** Loads a base for good, or throws. */
    @FunctionalInterface
    interface Loader {
        void load(String name);
    }

    private final String name;
    private final Loader loader;
    private final Duration pause;
    private final Thread thread;
    private volatile @Nullable String missing;

    private DefaultBase(String name, Loader loader, Duration pause) {
        this.name = name;
        this.loader = loader;
        this.pause = pause;
        this.missing = "the default base " + name + " is being loaded";
        this.thread = Thread.ofPlatform().daemon().name("load-default-base").unstarted(this::loadUntilItWorks);
    }

    /** @param pause after a failure */
    static DefaultBase load(String name, Loader loader, Duration pause) {
        DefaultBase base = new DefaultBase(name, loader, pause);
        base.thread.start();
        return base;
    }

    private void loadUntilItWorks() {
        try {
            while (missing != null) {
                try {
                    loader.load(name);
                    missing = null;
                } catch (RuntimeException e) {
                    String why = e instanceof LuthierException known ? known.text() : e.toString();
                    missing = "the default base " + name + " cannot be loaded: " + why;
                    LOG.warn("{}", missing);
                    Thread.sleep(pause);
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is not ready yet, in words; empty when it answers. */
    List<String> missing() {
        return Optional.ofNullable(missing).map(List::of).orElse(List.of());
    }

    /** Returns when nothing is being loaded any more. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
