package ai.luthier.engine.pretrain;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.text.corpus.HeldOut;
import java.util.List;

/**
 * Everything that decides what a pretraining run makes, apart from the corpus itself and from when it is ended. It is read
 * from JSON with these names, and stored with every checkpoint; a checkpoint goes on only under an equal recipe.
 *
 * @param seed of the shaping, the order of rows and the first weights
 * @param heldOutTopics nouns never asked for or told about in training
 * @param heldOutNames of characters
 * @param vocabulary ids of the tokenizer
 * @param context longest row the model is made for, tokens; rows of the corpus are cut at it
 * @param dtype of the forward and backward pass; the weights that are updated are always fp32
 * @param tokensPerStep a step takes whole rows, side by side, until the next one would exceed this
 * @param warmUpSteps of linear rise; afterwards the rate is constant until the run is {@linkplain PretrainRun finished}
 * @param matrixRate learning rate of the matrices inside the layers ({@link Muon})
 * @param vectorRate learning rate of embedding and norms (AdamW)
 * @param clip the gradient is scaled down to this norm
 */
public record PretrainRecipe(
        long seed,
        List<String> heldOutTopics,
        List<String> heldOutNames,
        int vocabulary,
        int width,
        int feedForward,
        int layers,
        int heads,
        int keyValueHeads,
        int context,
        Dtype dtype,
        int tokensPerStep,
        int warmUpSteps,
        double matrixRate,
        double vectorRate,
        double clip) {

    public PretrainRecipe {
        heldOutTopics = List.copyOf(heldOutTopics);
        heldOutNames = List.copyOf(heldOutNames);
        require(width % 64 == 0, "width must be a multiple of 64, not " + width);
        require(tokensPerStep >= context, "tokensPerStep " + tokensPerStep + " cannot hold a row of " + context);
        require(warmUpSteps >= 1, "warmUpSteps must be at least 1, not " + warmUpSteps);
        require(matrixRate > 0 && vectorRate > 0 && clip > 0, "matrixRate, vectorRate and clip must be positive");
    }

    DecoderSpec spec() {
        return DecoderSpec.llama(vocabulary, width, feedForward, layers, heads, keyValueHeads, context);
    }

    HeldOut heldOut() {
        return new HeldOut(heldOutTopics, heldOutNames);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
