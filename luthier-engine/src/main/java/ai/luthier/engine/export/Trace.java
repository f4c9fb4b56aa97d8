package ai.luthier.engine.export;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.KeyValueCache;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.text.chat.Conversation;
import ai.luthier.text.tokens.ExampleEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * What one model does with the prompts and texts of the gate.
 *
 * @param prompts as ids
 * @param logits of the last positions of every prompt, each {@code [V]}
 * @param greedy the tokens that follow every prompt
 * @param ids of every text
 * @param template source of the chat template
 */
record Trace(
        List<int[]> prompts,
        List<List<float[]>> logits,
        List<Greedy> greedy,
        List<int[]> ids,
        Optional<String> template) {

    /** A large vocabulary has half a megabyte a position. */
    private static final int POSITIONS = 16;

    private static final int TOKENS = 64;

    /**
     * Tokens each of which is the most likely one; the end of an answer is a token like others.
     *
     * @param margins by how much the token's logit is above the second best
     */
    record Greedy(int[] tokens, float[] margins) {}

    /** Asks the prompts as this model renders them: as a user's message where it chats. */
    static Trace of(OpenModel model, GateTexts texts, Wanted wanted) {
        ExampleEncoder encoder = model.encoder();
        List<int[]> prompts = texts.prompts().stream()
                .map(text -> encoder.chats()
                        ? encoder.prompt(Conversation.of(List.of(Map.of("role", "user", "content", text))))
                        : encoder.prompt(text))
                .toList();
        return of(model, prompts, texts, wanted);
    }

    /** Asks these ids, whatever this model would make of the texts. */
    static Trace of(OpenModel model, List<int[]> prompts, GateTexts texts, Wanted wanted) {
        return Scopes.withoutGradients(() -> {
            List<KeyValueCache> caches = new ArrayList<>();
            try {
                List<List<float[]>> logits = new ArrayList<>();
                for (int[] prompt : prompts) {
                    wanted.check();
                    caches.add(cache(model.decoder().spec(), prompt.length));
                    logits.add(read(model, prompt, caches.getLast()));
                }
                List<float[]> last = logits.stream().map(List::getLast).toList();
                List<int[]> ids = texts.texts().stream()
                        .map(text -> model.encoder().tokenizer().encode(text, true))
                        .toList();
                return new Trace(prompts, logits, continued(model, last, caches, wanted), ids, model.template());
            } finally {
                caches.forEach(KeyValueCache::close);
            }
        });
    }

    private static KeyValueCache cache(DecoderSpec spec, int prompt) {
        return new KeyValueCache(spec, Dtype.FP32, Math.max(prompt, Math.min(spec.context(), prompt + TOKENS)));
    }

    /** The logits after each of the prompt's last positions. */
    private static List<float[]> read(OpenModel model, int[] prompt, KeyValueCache cache) {
        try (PointerScope _ = new PointerScope()) {
            Tensor hidden = model.decoder().hidden(Rows.of(prompt), model.adapter(), List.of(cache)); // [t, d]
            List<float[]> logits = new ArrayList<>();
            for (int at = Math.max(0, prompt.length - POSITIONS); at < prompt.length; at++) {
                logits.add(Tensors.toFloats(model.decoder().logits(hidden.narrow(0, at, 1))));
            }
            return logits;
        }
    }

    /** All prompts side by side, a token of each in one pass. */
    private static List<Greedy> continued(
            OpenModel model, List<float[]> first, List<KeyValueCache> caches, Wanted wanted) {
        List<Greedy> greedy = caches.stream()
                .map(cache -> Math.min(TOKENS, cache.capacity() - cache.length()))
                .map(room -> new Greedy(new int[room], new float[room]))
                .toList();
        List<Integer> running = IntStream.range(0, caches.size()).boxed().toList();
        List<float[]> logits = first;
        for (int step = 0; step < TOKENS; step++) {
            wanted.check();
            List<Integer> going = new ArrayList<>();
            for (int i = 0; i < running.size(); i++) {
                Greedy one = greedy.get(running.get(i));
                if (step < one.tokens().length) {
                    int best = best(logits.get(i), -1);
                    one.tokens()[step] = best;
                    one.margins()[step] = logits.get(i)[best] - logits.get(i)[best(logits.get(i), best)];
                }
                if (step + 1 < one.tokens().length) {
                    going.add(running.get(i));
                }
            }
            if (going.isEmpty()) {
                return greedy;
            }
            int at = step;
            List<int[]> fresh = going.stream()
                    .map(row -> new int[] {greedy.get(row).tokens()[at]})
                    .toList();
            logits = step(model, fresh, going.stream().map(caches::get).toList());
            running = going;
        }
        return greedy;
    }

    private static List<float[]> step(OpenModel model, List<int[]> fresh, List<KeyValueCache> caches) {
        try (PointerScope _ = new PointerScope()) {
            Tensor hidden = model.decoder().hidden(Rows.of(fresh), model.adapter(), caches); // [n, d]
            List<float[]> logits = new ArrayList<>();
            for (int row = 0; row < fresh.size(); row++) {
                logits.add(Tensors.toFloats(model.decoder().logits(hidden.narrow(0, row, 1))));
            }
            return logits;
        }
    }

    private static int best(float[] logits, int except) {
        int best = except == 0 ? 1 : 0;
        for (int i = 0; i < logits.length; i++) {
            if (i != except && logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }
}
