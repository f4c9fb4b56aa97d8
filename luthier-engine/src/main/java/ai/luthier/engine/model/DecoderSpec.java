package ai.luthier.engine.model;

import java.util.Collections;
import java.util.List;

/**
 * What a decoder-only transformer is, apart from the values of its weights. Layer {@code l} computes
 *
 * <pre>
 *   x = x + O · attention(rope(Q·n), rope(K·n), V·n)     with n = norm(x)
 *   x = x + Down · (act(Gate·n) ⊙ Up·n)                  with n = norm(x)
 * </pre>
 *
 * with the differences between families in the records below.
 *
 * @param vocabulary rows of the embedding, {@code V}
 * @param width of the residual stream, {@code d}
 * @param feedForward width between Gate/Up and Down, {@code f}
 * @param heads of queries, {@code H}; a multiple of {@code keyValueHeads}
 * @param keyValueHeads {@code K}; query heads {@code [g·G, (g+1)·G)} share head {@code g}, {@code G = H/K}
 * @param headWidth {@code h}; {@code H·h} need not be {@code d}
 * @param context the longest row the model was made for, in tokens
 * @param eachLayer what differs from layer to layer, in order
 * @param norm the norms
 * @param attention what all attentions have in common
 * @param gating the feed-forward blocks
 * @param ends embedding and head
 * @param parallelResidual whether both blocks of a layer see its input, {@code x + attention(n(x)) + feedForward(n'(x))}
 * @param names of the weights
 */
public record DecoderSpec(
        int vocabulary,
        int width,
        int feedForward,
        int heads,
        int keyValueHeads,
        int headWidth,
        int context,
        List<LayerSpec> eachLayer,
        NormSpec norm,
        AttentionSpec attention,
        FeedForwardSpec gating,
        EndsSpec ends,
        boolean parallelResidual,
        ModuleNames names) {

    public DecoderSpec {
        eachLayer = List.copyOf(eachLayer);
        positive("vocabulary", vocabulary);
        positive("width", width);
        positive("feedForward", feedForward);
        positive("layers", eachLayer.size());
        positive("heads", heads);
        positive("keyValueHeads", keyValueHeads);
        positive("headWidth", headWidth);
        positive("context", context);
        require(heads % keyValueHeads == 0, heads + " heads cannot share " + keyValueHeads + " key-value heads");
        require(
                !names.headwise() || heads == keyValueHeads,
                "a headwise fused projection needs one key for each query");
        require(!parallelResidual || !norm.after(), "parallel blocks are normed before, not after");
        for (LayerSpec layer : eachLayer) {
            RopeSpec rope = layer.rope();
            require(rope == null || rope.width() <= headWidth, "the rope is wider than a head of " + headWidth);
        }
    }

    /** A plain Llama: no biases, tied head, ε 1e-5, θ 10,000, heads of {@code width / heads}. */
    public static DecoderSpec llama(
            int vocabulary, int width, int feedForward, int layers, int heads, int keyValueHeads, int context) {
        int headWidth = width / heads;
        LayerSpec layer = new LayerSpec(RopeSpec.plain(headWidth, 10_000), 0, 1 / Math.sqrt(headWidth));
        return new DecoderSpec(
                vocabulary,
                width,
                feedForward,
                heads,
                keyValueHeads,
                headWidth,
                context,
                Collections.nCopies(layers, layer),
                NormSpec.rms(1e-5),
                AttentionSpec.PLAIN,
                FeedForwardSpec.SWIGLU,
                EndsSpec.plain(true),
                false,
                ModuleNames.LLAMA);
    }

    /**
     * The decoder of these sizes with plain pre-norm blocks: RMS norms, gated silu, unscaled ropes over whole heads, no windows,
     * names as Llama's. A spec that equals it has nothing else to say about itself.
     */
    public DecoderSpec plain(double ropeTheta, AttentionSpec attention, boolean feedForwardBias) {
        LayerSpec layer = new LayerSpec(RopeSpec.plain(headWidth, ropeTheta), 0, 1 / Math.sqrt(headWidth));
        return new DecoderSpec(
                vocabulary,
                width,
                feedForward,
                heads,
                keyValueHeads,
                headWidth,
                context,
                Collections.nCopies(layers(), layer),
                NormSpec.rms(norm.epsilon()),
                attention,
                new FeedForwardSpec(true, Activation.SILU, feedForwardBias),
                EndsSpec.plain(tiedHead()),
                false,
                ModuleNames.LLAMA);
    }

    /** How many layers. */
    public int layers() {
        return eachLayer.size();
    }

    public LayerSpec layer(int index) {
        return eachLayer.get(index);
    }

    /** Whether the output head is the embedding itself. */
    public boolean tiedHead() {
        return ends.tiedHead();
    }

    /** {@code G}: how many query heads share one key-value head. */
    public int group() {
        return heads / keyValueHeads;
    }

    /**
     * Whether the turn of a token depends on how long its row is. Then a row must be given whole at first, not in pieces, and
     * what follows its last useful token matters too.
     */
    public boolean dependsOnLength() {
        return eachLayer.stream()
                .map(LayerSpec::rope)
                .anyMatch(rope -> rope != null && rope.scaling().dependsOnLength());
    }

    /**
     * Whether a cache of {@code held} tokens must be computed anew before the row grows to {@code length}: a longrope has
     * crossed its border, so that every earlier token is turned differently now.
     */
    public boolean rereads(int held, int length) {
        return eachLayer.stream()
                .map(LayerSpec::rope)
                .anyMatch(rope -> rope != null
                        && rope.scaling() instanceof RopeScaling.LongRope border
                        && held > 0
                        && held <= border.original()
                        && length > border.original());
    }

    /** The number of weights; a tied head counts once. */
    public long parameters() {
        return WeightNames.shapes(this).values().stream()
                .mapToLong(shape -> {
                    long elements = 1;
                    for (long size : shape) {
                        elements *= size;
                    }
                    return elements;
                })
                .sum();
    }

    private static void positive(String name, int value) {
        require(value > 0, name + " must be positive, not " + value);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
