package ai.luthier.bench;

import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.RunObserver;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.TrainingRun;
import ai.luthier.text.tokens.TokenizedExample;
import ai.luthier.text.tokens.TokenizedPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tokens per second of training on preferences (DPO; LoRA r = 16, every projection, bf16) on random weights:
 * {@code PreferenceSpeed SHAPE PAIRS STEPS BATCH THREADS PATH}.
 *
 * <p>PAIRS is a file with an object {@code {"prompt":[…],"chosen":[…],"rejected":[…]}} of token ids a line, as
 * {@code tools/benchmarks/make_pairs.py} writes it; the first STEPS × BATCH of them are trained on, in a whole {@link TrainingRun}. A pair
 * counts with its distinct tokens: the prompt once, and both answers. The first two steps warm up and do not count. The
 * reference's scores are computed before the first step, and the measured steps' share of that time is added to theirs,
 * because other programs compute them within the step.
 */
public final class PreferenceSpeed {

    private static final int WARMUP_STEPS = 2;

    private PreferenceSpeed() {}

    /** See the class. */
    public static void main(String[] args) throws IOException {
        Shape shape = Shape.named(args[0]);
        int steps = Integer.parseInt(args[2]);
        int batch = Integer.parseInt(args[3]);
        int threads = Integer.parseInt(args[4]);
        TrainingPath path = TrainingPath.valueOf(args[5].toUpperCase(Locale.ROOT));
        Torch.threads(threads);
        List<TokenizedPair> pairs = pairs(Path.of(args[1]), steps * batch);
        Clock clock = new Clock();
        new RandomRun(shape, List.of(), batch, threads, path, 0).run(clock, pairs);
        double tokens = clock.tokens.stream()
                .skip(WARMUP_STEPS)
                .mapToLong(Long::longValue)
                .sum();
        double training = clock.seconds(clock.steps.get(WARMUP_STEPS - 1), clock.steps.getLast());
        double scoring = clock.seconds(clock.scores.getFirst(), clock.scores.getLast());
        double share = tokens / clock.tokens.stream().mapToLong(Long::longValue).sum();
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %d | %d | %d | %.0f | %.1f | %.1f | %.1f | %d |%n",
                shape.name(),
                path.name().toLowerCase(Locale.ROOT),
                steps - WARMUP_STEPS,
                batch,
                threads,
                pairs.stream().mapToInt(TokenizedPair::tokens).average().orElseThrow(),
                tokens / (training + share * scoring),
                training,
                share * scoring,
                Memory.peakMegabytes());
    }

    /** When steps ended, and when the reference's scores began and ended. */
    private static final class Clock implements RunObserver {

        final List<Long> steps = new ArrayList<>();
        final List<Long> scores = new ArrayList<>();
        final List<Long> tokens = new ArrayList<>();

        @Override
        public void on(RunEvent event) {
            if (event instanceof RunEvent.StepDone step) {
                steps.add(System.nanoTime());
                tokens.add(step.tokens());
            } else if (event instanceof RunEvent.ReferenceScored) {
                scores.add(System.nanoTime());
            }
        }

        double seconds(long from, long to) {
            return (to - from) / 1e9;
        }
    }

    private static List<TokenizedPair> pairs(Path file, int count) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            List<TokenizedPair> pairs = lines.limit(count)
                    .map(JsonMapper.shared()::readTree)
                    .map(row -> new TokenizedPair(side(row, "chosen"), side(row, "rejected")))
                    .toList();
            if (pairs.size() < count) {
                throw new IllegalArgumentException(
                        file + " has " + pairs.size() + " pairs; steps × batch asks for " + count);
            }
            return pairs;
        }
    }

    private static TokenizedExample side(JsonNode row, String answer) {
        int[] prompt = ids(row.required("prompt"));
        int[] ids = IntStream.concat(Arrays.stream(prompt), Arrays.stream(ids(row.required(answer))))
                .toArray();
        boolean[] learnt = new boolean[ids.length];
        Arrays.fill(learnt, prompt.length, ids.length, true);
        return new TokenizedExample(ids, learnt);
    }

    private static int[] ids(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::intValue).toArray();
    }
}
