package ai.luthier.server;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server does beside its requests: loading its default base, and chores. */
@Timeout(60)
class ReadinessTest {

    private static final Duration SOON = Duration.ofMillis(5);

    @Test
    void theDefaultBase_isMissingUntilItIsLoaded() throws Exception {
        CountDownLatch mayLoad = new CountDownLatch(1);
        try (DefaultBase base = DefaultBase.load("big", name -> await(mayLoad), SOON)) {
            assertThat(base.missing()).containsExactly("the default base big is being loaded");
            mayLoad.countDown();
            while (!base.missing().isEmpty()) {
                Thread.sleep(1);
            }
        }
    }

    @Test
    void aDefaultBaseThatCannotBeLoaded_isNamedWithTheReason_andTriedAgain() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        CountDownLatch mended = new CountDownLatch(1);
        try (DefaultBase base = DefaultBase.load(
                "big",
                name -> {
                    if (attempts.incrementAndGet() > 3) {
                        await(mended);
                        return;
                    }
                    throw new UserError(ErrorCode.INVALID_MODEL, null, "no weights in /x");
                },
                SOON)) {
            while (attempts.get() < 4) {
                Thread.sleep(1);
            }
            assertThat(base.missing()).containsExactly("the default base big cannot be loaded: no weights in /x");
            mended.countDown();
            while (!base.missing().isEmpty()) {
                Thread.sleep(1);
            }
        }
    }

    @Test
    void chores_areDoneAgain_alsoAfterOneFailed_andNotAfterTheEnd() throws Exception {
        AtomicInteger done = new AtomicInteger();
        CountDownLatch enough = new CountDownLatch(5);
        Housekeeping chores = Housekeeping.every(SOON, () -> {
            enough.countDown();
            if (done.incrementAndGet() == 2) {
                throw new IllegalStateException("once");
            }
        });
        assertThat(enough.await(30, TimeUnit.SECONDS)).isTrue();
        chores.close();
        int atTheEnd = done.get();
        Thread.sleep(50);
        assertThat(done).hasValue(atTheEnd);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
