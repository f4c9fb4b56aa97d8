package ai.luthier.engine.train;

import ai.luthier.engine.adapter.Trainee;
import ai.luthier.engine.fast.FastDecoder;
import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Several threads that compute passes of one step side by side, every operator on one thread only. Each has its own
 * {@link FastDecoder} over the same frozen weights, and gradients of its own, which are added up in the order of the lanes: so the
 * sums do not depend on who was faster.
 *
 * <p>The first lane is the thread that calls, with the adapter's own gradients. Used by one thread.
 */
final class Lanes implements AutoCloseable {

    private static final long STACK_BYTES = 8L << 20; // that of a main thread: libtorch's kernels are deep

    /** What one thread computes with. */
    record Lane(Trainee adapter, FastDecoder fast) {}

    private final List<Lane> lanes = new ArrayList<>();
    private final int threads;
    private final ExecutorService others;

    /** {@code count} lanes; operators outside of them go on using as many threads as they do now. */
    Lanes(int count, Decoder decoder, Trainee adapter, FastOptions options) {
        this.threads = Torch.threads();
        for (int lane = 0; lane < count; lane++) {
            Trainee own = lane == 0 ? adapter : adapter.withOwnGradients();
            lanes.add(new Lane(own, new FastDecoder(decoder, own, options)));
        }
        this.others = Executors.newFixedThreadPool(Math.max(1, count - 1), task -> {
            Thread thread = new Thread(null, task, "lane", STACK_BYTES);
            thread.setDaemon(true);
            return thread;
        });
    }

    int count() {
        return lanes.size();
    }

    Lane first() {
        return lanes.getFirst();
    }

    void refresh() {
        lanes.forEach(lane -> lane.fast().refresh());
    }

    /** What a lane does with its part. */
    interface Work<P, R> {
        R on(Lane lane, P part);
    }

    /**
     * Part {@code i} on lane {@code i}, all at once; the adapter's gradients grow by those of all lanes.
     *
     * @return what each gave, in order
     */
    <P, R> List<R> each(List<P> parts, Work<P, R> work) {
        List<Future<R>> running = new ArrayList<>();
        for (int i = 1; i < parts.size(); i++) {
            Lane lane = lanes.get(i);
            P part = parts.get(i);
            running.add(others.submit(single(() -> {
                lane.adapter().gradients().zero_();
                return work.on(lane, part);
            })));
        }
        List<R> results = new ArrayList<>();
        try {
            Torch.threads(1);
            results.add(work.on(first(), parts.getFirst()));
        } finally {
            results.addAll(finished(running));
            Torch.threads(threads);
        }
        for (int i = 1; i < parts.size(); i++) {
            first().adapter().gradients().add_(lanes.get(i).adapter().gradients());
        }
        return results;
    }

    /** The task, with operators on one thread: how many they use is a property of the thread that calls them. */
    private static <R> Callable<R> single(Callable<R> task) {
        return () -> {
            Torch.threads(1);
            return task.call();
        };
    }

    private static <R> List<R> finished(List<Future<R>> running) {
        List<R> results = new ArrayList<>();
        for (Future<R> one : running) {
            try {
                results.add(one.get());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted within a step", e);
            } catch (ExecutionException e) {
                throw new IllegalStateException("a part of the step failed", e.getCause());
            }
        }
        return results;
    }

    @Override
    public void close() {
        others.shutdownNow();
        for (int lane = 0; lane < lanes.size(); lane++) {
            lanes.get(lane).fast().close();
            if (lane > 0) {
                lanes.get(lane).adapter().close();
            }
        }
    }
}
