package ai.luthier.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Conflict;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {

    private static final Duration SHORT = Duration.ofMillis(100);

    @TempDir
    Path root;

    @Test
    void aSecondHolderWaitsAndIsRefused() {
        RunFolder folder = new RunFolder(root);
        Fence.raise(folder, 1);
        try (Lease first = Lease.take(folder, 1, SHORT)) {
            first.check();
            assertThatThrownBy(() -> Lease.take(folder, 1, SHORT))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("Another process");
        }
        Lease.take(folder, 1, SHORT).close();
    }

    @Test
    void aRaisedFenceStopsTheOldHolderBeforeItsNextWrite() {
        RunFolder folder = new RunFolder(root);
        Fence.raise(folder, 1);
        try (Lease old = Lease.take(folder, 1, SHORT)) {
            Fence.raise(folder, 2);
            assertThatThrownBy(old::check).isInstanceOf(Conflict.class).hasMessageContaining("number 2 is in force");
        }
        assertThatThrownBy(() -> Lease.take(folder, 1, SHORT)).isInstanceOf(Conflict.class);
        try (Lease next = Lease.take(folder, 2, SHORT)) {
            next.check();
        }
    }

    @Test
    void theFenceOnlyGrows() {
        RunFolder folder = new RunFolder(root);
        assertThat(Fence.read(folder)).isZero();
        Fence.raise(folder, 7);
        Fence.raise(folder, 7);
        assertThatThrownBy(() -> Fence.raise(folder, 6)).isInstanceOf(IllegalStateException.class);
        assertThat(Fence.read(folder)).isEqualTo(7);
    }
}
