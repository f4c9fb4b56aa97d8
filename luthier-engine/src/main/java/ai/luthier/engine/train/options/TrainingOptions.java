package ai.luthier.engine.train.options;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.TrainingPath;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything that the object {@code luthier} of a job, or the flags of {@code luthier train}, decide, each with its value where
 * nobody says anything.
 *
 * @param overlong        what happens to rows over the limit
 * @param method          which numbers change
 * @param rank            of low-rank factors
 * @param alpha           their scale times the rank, or times its root for rsLoRA
 * @param targetModules   projections with factors; empty means every one
 * @param loraPlusRatio   the learning rate of B in units of that of A
 * @param lastLayers      how many layers are trained; 0 means a quarter
 * @param activationCacheBytes how much of what frozen layers compute is kept on disk; 0 for nothing
 * @param path            which code computes gradients
 * @param precision       of frozen weights and activations
 * @param recompute       activations in the backward pass
 * @param warmupRatio     share of the steps over which the rate rises
 * @param weightDecay     of AdamW
 * @param maxGradientNorm gradients are scaled down to this norm
 * @param dpo             of preference training
 */
public record TrainingOptions(
        Overlong overlong,
        TrainingMethod method,
        int rank,
        double alpha,
        List<String> targetModules,
        double loraPlusRatio,
        int lastLayers,
        long activationCacheBytes,
        TrainingPath path,
        RunSpec.Precision precision,
        boolean recompute,
        double warmupRatio,
        double weightDecay,
        double maxGradientNorm,
        PreferenceOptions dpo) {

    /** What "auto" means for {@code lora_plus_ratio}: the recommendation of the paper. */
    static final double LORA_PLUS_RATIO = 16;

    /** What holds without any choice, of a client or of a server. */
    public static final TrainingOptions DEFAULTS =
            defaults(Overlong.REFUSE, TrainingPath.AUTO, false, RunDefaults.ACTIVATION_CACHE_BYTES);

    public TrainingOptions {
        targetModules = List.copyOf(targetModules);
    }

    /** The defaults of a server with these settings. */
    public static TrainingOptions defaults(
            Overlong overlong, TrainingPath path, boolean recompute, long activationCacheBytes) {
        return new TrainingOptions(
                overlong,
                TrainingMethod.LORA,
                RunDefaults.RANK,
                RunDefaults.ALPHA,
                List.of(),
                1,
                0,
                activationCacheBytes,
                path,
                RunSpec.Precision.BF16,
                recompute,
                RunDefaults.WARMUP,
                0,
                RunDefaults.MAX_GRADIENT_NORM,
                PreferenceOptions.DEFAULTS);
    }

    /** The same for a run that goes on from a tuned model: by default it goes on as it began. */
    public TrainingOptions goingOnFrom(Begun begun) {
        boolean lowRank = begun.method().lowRank();
        return new TrainingOptions(
                overlong,
                begun.method(),
                lowRank ? begun.rank() : rank,
                lowRank ? begun.alpha() : alpha,
                targetModules,
                loraPlusRatio,
                begun.lastLayers(),
                activationCacheBytes,
                path,
                precision,
                recompute,
                warmupRatio,
                weightDecay,
                maxGradientNorm,
                dpo);
    }

    /**
     * What is given, and the defaults for the rest.
     *
     * @param given by the names of the wire, with the types of JSON
     * @param name of the object, for messages; empty where the keys are flags
     * @throws ai.luthier.api.UserError naming everything that is wrong
     */
    public static TrainingOptions read(Map<String, Object> given, TrainingOptions defaults, String name) {
        OptionsReader options = new OptionsReader(given, name);
        TrainingMethod method = options.word("method", TrainingMethod.class, defaults.method());
        if (!method.lowRank()) {
            options.refuse(method, "rank", "alpha", "target_modules", "lora_plus_ratio");
        }
        if (method != TrainingMethod.LAST_LAYERS) {
            options.refuse(method, "last_layers", "activation_cache");
        }
        TrainingOptions read = new TrainingOptions(
                options.word("overlong", Overlong.class, defaults.overlong()),
                method,
                options.integer("rank", 1, 1024, defaults.rank()),
                options.above("alpha", 0, 1e6, alpha(method, defaults)),
                options.names("target_modules", 64, defaults.targetModules()),
                options.autoOr("lora_plus_ratio", LORA_PLUS_RATIO)
                        .orElseGet(() -> options.number("lora_plus_ratio", 1, 1000, defaults.loraPlusRatio())),
                options.integer("last_layers", 1, 10_000, defaults.lastLayers()),
                options.flag("activation_cache", true) ? defaults.activationCacheBytes() : 0,
                options.word("path", TrainingPath.class, defaults.path()),
                options.word("precision", RunSpec.Precision.class, defaults.precision()),
                options.flag("recompute", defaults.recompute()),
                options.number("warmup_ratio", 0, 0.9, defaults.warmupRatio()),
                options.number("weight_decay", 0, 1, defaults.weightDecay()),
                options.above("max_gradient_norm", 0, 1e6, defaults.maxGradientNorm()),
                options.object("dpo").map(PreferenceOptions::read).orElse(defaults.dpo()));
        options.refuseProblems(ErrorCode.INVALID_VALUE);
        return read;
    }

    /** Where the method changes and nobody names an alpha, the one with the same scale at the usual rank. */
    private static double alpha(TrainingMethod method, TrainingOptions defaults) {
        return method == TrainingMethod.RSLORA && defaults.method() != TrainingMethod.RSLORA
                ? RunDefaults.RSLORA_ALPHA
                : defaults.alpha();
    }

    /**
     * Compares the choice with the tuned model that the run goes on from.
     *
     * @param name of the object that the choice was made in, for messages; empty for flags
     * @throws UserError where it cannot go on like that
     */
    public void requireGoesOn(Begun begun, String name) {
        if (method.lowRank() != begun.method().lowRank()) {
            throw cannotGoOn(
                    name,
                    "method",
                    "the model was tuned by '" + begun.method().option() + "', from which '" + method.option()
                            + "' cannot go on. Leave the method out, or export the model as safetensors and add that as a base");
        }
        if (method.lowRank()
                && (method != begun.method()
                        || rank != begun.rank()
                        || alpha != begun.alpha()
                        || !sameTargets(begun))) {
            throw cannotGoOn(
                    name,
                    "rank",
                    "the model's factors are of method '" + begun.method().option() + "', rank " + begun.rank()
                            + ", alpha " + begun.alpha() + ", modules " + begun.targetModules()
                            + ", and stay so. Leave these keys out");
        }
        boolean fewer = method == TrainingMethod.LAST_LAYERS
                && (begun.method() == TrainingMethod.FULL || (lastLayers > 0 && lastLayers < begun.lastLayers()));
        if (fewer) {
            throw cannotGoOn(
                    name,
                    "last_layers",
                    "the model has changed weights below those that would be trained. Train at least as"
                            + " many layers as it did");
        }
    }

    private boolean sameTargets(Begun begun) {
        return targetModules.isEmpty() || Set.copyOf(targetModules).equals(Set.copyOf(begun.targetModules()));
    }

    private static UserError cannotGoOn(String name, String key, String why) {
        String path = OptionsReader.path(name, key);
        return new UserError(ErrorCode.INVALID_VALUE, path, path + ": " + why + ".");
    }

    /** The part that a run keeps as a whole. */
    public Tuning tuning() {
        return new Tuning(method, targetModules, loraPlusRatio, lastLayers, activationCacheBytes);
    }
}
