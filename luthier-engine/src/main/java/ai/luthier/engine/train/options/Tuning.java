package ai.luthier.engine.train.options;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.train.RunDefaults;
import java.util.List;

/**
 * What a run trains, with no "auto" left except where it depends on the model's size.
 *
 * @param method which numbers change
 * @param targetModules projections that get factors, by the names of {@code peft}; empty means every one. Of low-rank methods.
 * @param loraPlusRatio what the learning rate of B is, in units of that of A [1]; 1 without LoRA+. Of low-rank methods.
 * @param lastLayers how many layers are trained, counted from the end; 0 means a quarter of them. Of {@code LAST_LAYERS}.
 * @param activationCacheBytes how much of what the frozen layers compute is kept on disk from epoch to epoch; 0 for nothing
 *
 * <p>[1] Hayou et al., LoRA+: Efficient Low Rank Adaptation of Large Models, 2024.
 */
public record Tuning(
        TrainingMethod method,
        List<String> targetModules,
        double loraPlusRatio,
        int lastLayers,
        long activationCacheBytes) {

    /** LoRA of every projection, as runs without a choice do. */
    public static final Tuning LORA =
            new Tuning(TrainingMethod.LORA, List.of(), 1, 0, RunDefaults.ACTIVATION_CACHE_BYTES);

    public Tuning {
        targetModules = List.copyOf(targetModules);
        if (!(loraPlusRatio >= 1) || Double.isInfinite(loraPlusRatio) || lastLayers < 0 || activationCacheBytes < 0) {
            throw new IllegalArgumentException("tuning cannot have loraPlusRatio = " + loraPlusRatio + ", lastLayers = "
                    + lastLayers + ", activationCacheBytes = " + activationCacheBytes);
        }
    }

    /**
     * Compares the choice with the model.
     *
     * @param name of the object that it was made in, for messages; empty for flags
     * @throws UserError where the model has no such modules or fewer layers
     */
    public void requireFits(DecoderSpec model, String name) {
        if (!targetModules.isEmpty()) {
            try {
                new LoraSpec(1, 1, targetModules).requireFits(model);
            } catch (IllegalArgumentException unfit) {
                String key = OptionsReader.path(name, "target_modules");
                throw new UserError(ErrorCode.INVALID_VALUE, key, key + ": " + unfit.getMessage() + ".", unfit);
            }
        }
        if (lastLayers > model.layers()) {
            String key = OptionsReader.path(name, "last_layers");
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    key,
                    key + ": the model has " + model.layers() + " layers, not " + lastLayers + ".");
        }
    }

    /** How many layers of this model are trained by {@code LAST_LAYERS}: what was asked for, else a quarter, rounded up. */
    public int layersOf(DecoderSpec model) {
        return lastLayers > 0 ? lastLayers : (model.layers() + 3) / 4;
    }

    /** Every weight of the last {@code count} layers, and the final norm. */
    public static Tuning lastLayers(int count) {
        return new Tuning(TrainingMethod.LAST_LAYERS, List.of(), 1, count, RunDefaults.ACTIVATION_CACHE_BYTES);
    }

    /** Every weight. */
    public static Tuning full() {
        return new Tuning(TrainingMethod.FULL, List.of(), 1, 0, RunDefaults.ACTIVATION_CACHE_BYTES);
    }
}
