package ai.luthier.bench;

import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the time of a training step goes, by kind of operation: {@code Profile SHAPE ROWS STEPS BATCH THREADS PATH [PLACES]}.
 *
 * <p>The run is made twice: as it is, which says how long a step takes, and with libtorch telling when each operator
 * begins and ends; what that costs is the difference of the two and is taken out again. What lies outside of operators is Java, JNI and the dispatcher, and the difference between the wall's clock
 * and the thread's is waiting; so the parts sum to the wall time. With PLACES the most expensive places follow.
 */
public final class Profile {

    private static final int WARMUP_STEPS = 2;

    private Profile() {}

    /** What operators are for. */
    enum Kind {
        MATMUL("matrix products"),
        ATTENTION("attention"),
        ELEMENTWISE("elementwise and copies"),
        LOSS("head and loss"),
        OPTIMISER("optimiser and clipping"),
        JAVA("Java, JNI, dispatch"),
        WAITING("waiting");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        static Kind of(OperatorClock.Place place) {
            String caller = place.caller();
            String operator = place.operator();
            if (caller.contains("SupervisedLoss")) {
                return LOSS;
            }
            if (caller.contains("AdamW") || caller.contains("GradientNorm") || caller.contains("refresh")) {
                return OPTIMISER;
            }
            if (operator.matches("aten::(mm|addmm_?|linear|matmul)|mkldnn::.*")) {
                return MATMUL;
            }
            // Autograd's nodes have no caller of their own: batched products and softmax are attention's.
            return caller.matches("(Row)?Attention\\..*|Softmax\\..*") || operator.matches(".*(bmm|softmax).*")
                    ? ATTENTION
                    : ELEMENTWISE;
        }
    }

    /** See the class. */
    public static void main(String[] args) throws IOException {
        Shape shape = Shape.named(args[0]);
        int steps = Integer.parseInt(args[2]);
        int batch = Integer.parseInt(args[3]);
        int threads = Integer.parseInt(args[4]);
        TrainingPath path = TrainingPath.valueOf(args[5].toUpperCase(Locale.ROOT));
        int places = args.length > 6 ? Integer.parseInt(args[6]) : 0;
        Torch.threads(threads);
        List<TokenizedExample> half = RowSource.rows(args[1], shape, (steps + WARMUP_STEPS) * batch);
        new Measurement(steps).run(new RandomRun(shape, half, batch, threads, path, 0), places);
    }

    /** Wall time and processor time of this thread. */
    private record Moment(long wall, long processor) {
        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        static Moment now() {
            return new Moment(System.nanoTime(), THREADS.getCurrentThreadCpuTime());
        }
    }

    /** Two runs over the same rows, the second one observed. */
    private static final class Measurement {

        private final int steps;

        Measurement(int steps) {
            this.steps = steps;
        }

        void run(RandomRun run, int places) throws IOException {
            List<Moment> plain = new ArrayList<>();
            run.run(event -> mark(event, plain));
            List<Moment> observed = new ArrayList<>();
            List<OperatorClock> clocks = new ArrayList<>();
            run.run(event -> {
                mark(event, observed);
                if (event instanceof RunEvent.StepDone && observed.size() == WARMUP_STEPS) {
                    clocks.add(new OperatorClock(ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime));
                } else if (event instanceof RunEvent.StepDone && observed.size() == WARMUP_STEPS + steps) {
                    clocks.getFirst().close();
                }
            });
            print(run, span(plain), span(observed), clocks.getFirst(), places);
        }

        private static void mark(RunEvent event, List<Moment> moments) {
            if (event instanceof RunEvent.StepDone) {
                moments.add(Moment.now());
            }
        }

        private static Moment span(List<Moment> moments) {
            Moment first = moments.get(WARMUP_STEPS - 1);
            Moment last = moments.getLast();
            return new Moment(last.wall() - first.wall(), last.processor() - first.processor());
        }

        private void print(RandomRun run, Moment plain, Moment observed, OperatorClock clock, int places) {
            double observing = (double) (observed.processor() - plain.processor()) / clock.operators();
            Map<OperatorClock.Place, OperatorClock.Total> totals = clock.places(observing);
            Map<Kind, Double> seconds = new EnumMap<>(Kind.class);
            totals.forEach((place, total) -> seconds.merge(Kind.of(place), total.seconds() / steps, Double::sum));
            double inOperators = seconds.values().stream().mapToDouble(d -> d).sum();
            double wall = plain.wall() / 1e9 / steps;
            double processor = plain.processor() / 1e9 / steps;
            seconds.put(Kind.JAVA, processor - inOperators);
            seconds.put(Kind.WAITING, wall - processor);
            System.out.printf(
                    Locale.ROOT,
                    "%s, %s path, batch %d, %d threads: %.2f s a step, %d operators%n",
                    run.shape().name(),
                    run.path().name().toLowerCase(Locale.ROOT),
                    run.batch(),
                    run.threads(),
                    wall,
                    clock.operators() / steps);
            System.out.println("| kind | seconds a step | share |\n|---|---|---|");
            for (Kind kind : Kind.values()) {
                double s = seconds.getOrDefault(kind, 0.0);
                System.out.printf(Locale.ROOT, "| %s | %.3f | %.1f %% |%n", kind.title, s, 100 * s / wall);
            }
            double sum = seconds.values().stream().mapToDouble(d -> d).sum();
            System.out.printf(Locale.ROOT, "| sum | %.3f | %.1f %% |%n", sum, 100 * sum / wall);
            totals.entrySet().stream()
                    .sorted(Comparator.comparingDouble(
                            entry -> -entry.getValue().seconds()))
                    .limit(places)
                    .forEach(entry -> System.out.printf(
                            Locale.ROOT,
                            "%8.1f ms %6d %-11s %-30s %s%n",
                            entry.getValue().seconds() * 1e3 / steps,
                            entry.getValue().calls() / steps,
                            Kind.of(entry.getKey()),
                            entry.getKey().operator(),
                            entry.getKey().caller()));
        }
    }
}
