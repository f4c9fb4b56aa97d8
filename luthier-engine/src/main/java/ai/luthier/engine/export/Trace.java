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
    static Trace of(OpenModel model, GateTexts texts) {
        ExampleEncoder encoder = model.encoder();
        List<int[]> prompts = texts.prompts().stream()
                .map(text -> encoder.chats()
                        ? encoder.prompt(Conversation.of(List.of(Map.of("role", "user", "content", text))))
                        : encoder.prompt(text))
                .toList();
        return of(model, prompts, texts);
    }

    /** Asks these ids, whatever this model would make of the texts. */
    static Trace of(OpenModel model, List<int[]> prompts, GateTexts texts) {
        return Scopes.withoutGradients(() -> {
            List<List<float[]>> logits = new ArrayList<>();
            List<Greedy> greedy = new ArrayList<>();
            for (int[] prompt : prompts) {
                try (KeyValueCache cache = cache(model.decoder().spec(), prompt.length)) {
                    List<float[]> last = logits(model, prompt, cache);
                    logits.add(last);
                    greedy.add(continued(model, last.getLast(), cache));
                }
            }
            List<int[]> ids = texts.texts().stream()
                    .map(text -> model.encoder().tokenizer().encode(text, true))
                    .toList();
            return new Trace(prompts, logits, greedy, ids, model.template());
        });
    }

    private static KeyValueCache cache(DecoderSpec spec, int prompt) {
        return new KeyValueCache(spec, Dtype.FP32, Math.max(prompt, Math.min(spec.context(), prompt + TOKENS)));
    }

    private static List<float[]> logits(OpenModel model, int[] fresh, KeyValueCache cache) {
        try (PointerScope _ = new PointerScope()) {
            Tensor hidden = model.decoder().hidden(Rows.of(fresh), model.adapter(), List.of(cache)); // [t, d]
            int kept = Math.min(fresh.length, POSITIONS);
            List<float[]> logits = new ArrayList<>();
            for (int at = fresh.length - kept; at < fresh.length; at++) {
                logits.add(Tensors.toFloats(model.decoder().logits(hidden.narrow(0, at, 1))));
            }
            return logits;
        }
    }

    private static Greedy continued(OpenModel model, float[] first, KeyValueCache cache) {
        int room = Math.min(TOKENS, cache.capacity() - cache.length());
        int[] tokens = new int[room];
        float[] margins = new float[room];
        float[] logits = first;
        for (int i = 0; i < room; i++) {
            int best = best(logits, -1);
            tokens[i] = best;
            margins[i] = logits[best] - logits[best(logits, best)];
            if (i + 1 < room) {
                logits = logits(model, new int[] {best}, cache).getLast();
            }
        }
        return new Greedy(tokens, margins);
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
