package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.train.options.TrainingOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The keys of a job's object {@code luthier} as flags; they are judged by the same {@link TrainingOptions#read}. */
final class TrainingFlags {

    @Option(names = "--truncate", description = "Rows over the limit are cut at the end instead of being refused.")
    private boolean truncate;

    @Option(names = "--method", description = "What is trained: lora, rslora, last_layers or full (default: lora).")
    private @Nullable String method;

    @Option(names = "--rank", description = "Of low-rank factors (default: 16).")
    private @Nullable Integer rank;

    @Option(names = "--alpha", description = "Their scale times the rank, or its root (default: lora 32, rslora 8).")
    private @Nullable Double alpha;

    @Option(
            names = "--target-modules",
            split = ",",
            description = "Projections that get factors, by their names in peft (default: every one).")
    private @Nullable List<String> targetModules;

    @Option(
            names = "--lora-plus-ratio",
            arity = "0..1",
            fallbackValue = "auto",
            description = "LoRA+: the learning rate of B in units of that of A; 16 without a value (default: 1).")
    private @Nullable String loraPlusRatio;

    @Option(names = "--last-layers", description = "Layers that are trained, from the end (default: a quarter).")
    private @Nullable Integer lastLayers;

    @Option(
            names = "--activation-cache",
            negatable = true,
            description = "Keep on disk what the frozen layers compute, from epoch to epoch (default: yes).")
    private @Nullable Boolean activationCache;

    @Option(names = "--path", description = "Code that computes gradients: auto, fast or reference (default: auto).")
    private @Nullable String path;

    @Option(names = "--precision", description = "Of frozen weights and activations: bf16 or fp32 (default: bf16).")
    private @Nullable String precision;

    @Option(names = "--recompute", description = "Compute activations again in the backward pass: less memory.")
    private boolean recompute;

    @Option(names = "--warmup-ratio", description = "Share of the steps over which the rate rises (default: 0.05).")
    private @Nullable Double warmupRatio;

    @Option(names = "--weight-decay", description = "Of AdamW (default: 0).")
    private @Nullable Double weightDecay;

    @Option(names = "--max-gradient-norm", description = "Gradients are scaled down to this norm (default: 1).")
    private @Nullable Double maxGradientNorm;

    @Option(names = "--dpo-loss", description = "Of preferences: sigmoid, robust, hinge or ipo (default: sigmoid).")
    private @Nullable String dpoLoss;

    @Option(
            names = "--label-smoothing",
            description = "Of preferences: share of pairs thought to be the wrong way round (default: 0).")
    private @Nullable Double labelSmoothing;

    /** @throws UserError naming every flag that is wrong */
    TrainingOptions read() {
        Map<String, Object> given = new LinkedHashMap<>();
        put(given, "overlong", truncate ? "truncate" : null);
        put(given, "method", method);
        put(given, "rank", rank);
        put(given, "alpha", alpha);
        put(given, "target_modules", targetModules);
        put(given, "lora_plus_ratio", ratio());
        put(given, "last_layers", lastLayers);
        put(given, "activation_cache", activationCache);
        put(given, "path", path);
        put(given, "precision", precision);
        put(given, "recompute", recompute ? true : null);
        put(given, "warmup_ratio", warmupRatio);
        put(given, "weight_decay", weightDecay);
        put(given, "max_gradient_norm", maxGradientNorm);
        Map<String, Object> dpo = new LinkedHashMap<>();
        put(dpo, "loss", dpoLoss);
        put(dpo, "label_smoothing", labelSmoothing);
        put(given, "dpo", dpo.isEmpty() ? null : dpo);
        return TrainingOptions.read(given, TrainingOptions.DEFAULTS, "");
    }

    private @Nullable Object ratio() {
        if (loraPlusRatio == null || loraPlusRatio.equals("auto")) {
            return loraPlusRatio;
        }
        try {
            return Double.valueOf(loraPlusRatio);
        } catch (NumberFormatException e) {
            throw new UserError(
                    ErrorCode.INVALID_TYPE,
                    "--lora-plus-ratio",
                    "'" + loraPlusRatio + "' is neither a number nor 'auto'.",
                    e);
        }
    }

    private static void put(Map<String, Object> given, String key, @Nullable Object value) {
        if (value != null) {
            given.put(key, value);
        }
    }
}
