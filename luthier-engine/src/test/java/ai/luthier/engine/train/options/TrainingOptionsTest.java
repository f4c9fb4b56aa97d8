package ai.luthier.engine.train.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.train.DpoSpec;
import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.TrainingPath;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The object {@code luthier}: its defaults, and what it refuses. */
class TrainingOptionsTest {

    private static TrainingOptions read(Map<String, Object> given) {
        return TrainingOptions.read(given, TrainingOptions.DEFAULTS, "luthier");
    }

    private static UserError refused(Map<String, Object> given) {
        return catchThrowableOfType(UserError.class, () -> read(given));
    }

    @Test
    void nothingGiven_isWhatJobsWithoutItDo() {
        assertThat(read(Map.of())).isEqualTo(TrainingOptions.DEFAULTS);
        assertThat(TrainingOptions.DEFAULTS)
                .isEqualTo(new TrainingOptions(
                        Overlong.REFUSE,
                        TrainingMethod.LORA,
                        16,
                        32,
                        List.of(),
                        1,
                        0,
                        16L << 30,
                        TrainingPath.AUTO,
                        RunSpec.Precision.BF16,
                        false,
                        0.05,
                        0,
                        1,
                        PreferenceOptions.DEFAULTS));
        assertThat(TrainingOptions.DEFAULTS.tuning()).isEqualTo(Tuning.LORA);
    }

    @Test
    void lossesOfPreferences_areRead_andSmoothingOnlyWhereItMeansSomething() {
        assertThat(read(Map.of("dpo", Map.of("loss", "robust", "label_smoothing", 0.2)))
                        .dpo()
                        .withBeta(0.5))
                .isEqualTo(new DpoSpec(DpoSpec.Loss.ROBUST, 0.5, 0.2));
        assertThat(read(Map.of("dpo", Map.of("loss", "ipo"))).dpo().withBeta(0.1))
                .isEqualTo(new DpoSpec(DpoSpec.Loss.IPO, 0.1, 0));
        assertThat(refused(Map.of("dpo", Map.of("loss", "ipo", "label_smoothing", 0.1))))
                .hasMessage("'luthier.dpo.label_smoothing' means nothing for the loss 'ipo'. Leave it out.");
        assertThat(refused(Map.of("dpo", Map.of("loss", "kto"))).param()).hasValue("luthier.dpo.loss");
        assertThat(refused(Map.of("dpo", Map.of("label_smoothing", 0.5))).param())
                .hasValue("luthier.dpo.label_smoothing");
        assertThat(refused(Map.of("dpo", Map.of("beta", 1))).code()).isEqualTo(ErrorCode.UNRECOGNIZED_ARGUMENT);
    }

    @Test
    void everyKeyIsRead() {
        TrainingOptions low = read(Map.of(
                "overlong",
                "truncate",
                "method",
                "rslora",
                "rank",
                4,
                "target_modules",
                List.of("q_proj", "mlp.down_proj"),
                "lora_plus_ratio",
                "auto",
                "path",
                "reference",
                "precision",
                "fp32",
                "warmup_ratio",
                0,
                "weight_decay",
                0.1,
                "max_gradient_norm",
                2));
        assertThat(low)
                .isEqualTo(new TrainingOptions(
                        Overlong.TRUNCATE,
                        TrainingMethod.RSLORA,
                        4,
                        8,
                        List.of("q_proj", "mlp.down_proj"),
                        16,
                        0,
                        16L << 30,
                        TrainingPath.REFERENCE,
                        RunSpec.Precision.FP32,
                        false,
                        0,
                        0.1,
                        2,
                        PreferenceOptions.DEFAULTS));
        assertThat(read(Map.of("alpha", 3.5, "lora_plus_ratio", 4, "recompute", true)))
                .extracting(TrainingOptions::alpha, TrainingOptions::loraPlusRatio, TrainingOptions::recompute)
                .containsExactly(3.5, 4.0, true);
    }

    @Test
    void theActivationCache_hasTheServersSize_orNone() {
        TrainingOptions server = TrainingOptions.defaults(Overlong.REFUSE, TrainingPath.AUTO, false, 77);
        Map<String, Object> last = Map.of("method", "last_layers");
        assertThat(TrainingOptions.read(last, server, "luthier").activationCacheBytes())
                .isEqualTo(77);
        Map<String, Object> without = Map.of("method", "last_layers", "activation_cache", false);
        assertThat(TrainingOptions.read(without, server, "luthier").tuning().activationCacheBytes())
                .isZero();
    }

    @Test
    void everythingWrong_isSaidAtOnce_unknownKeysFirst() {
        UserError refused = refused(Map.of(
                "methode",
                "lora",
                "rank",
                BigInteger.TWO.pow(80),
                "alpha",
                0,
                "target_modules",
                List.of("q_proj", "q_proj"),
                "recompute",
                "yes",
                "precision",
                "int8",
                "lora_plus_ratio",
                0.5));
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refused.param()).hasValue("luthier.methode");
        assertThat(refused.text())
                .contains(
                        "Unrecognized request argument supplied: luthier.methode",
                        "'luthier.rank': expected 1 to 1024",
                        "'luthier.alpha': expected above 0",
                        "'luthier.target_modules': expected 1 to 64 different names",
                        "'luthier.recompute': expected a boolean, but got a string",
                        "'int8'. Supported values are: 'fp32', 'bf16'",
                        "'luthier.lora_plus_ratio': expected 1 to 1000");
    }

    @Test
    void aSingleMistake_keepsItsOwnCode() {
        assertThat(refused(Map.of("rang", 8)).code()).isEqualTo(ErrorCode.UNRECOGNIZED_ARGUMENT);
        assertThat(refused(Map.of("rank", 8.0)).code()).isEqualTo(ErrorCode.INVALID_TYPE);
        assertThat(refused(Map.of("path", "quick")).code()).isEqualTo(ErrorCode.INVALID_VALUE);
    }

    @Test
    void aNameThatIsNoString_isShown() {
        assertThat(refused(Map.of("target_modules", List.of(1))).text())
                .contains("'luthier.target_modules': expected an array of non-empty strings, but got [1]");
    }

    @Test
    void keysOfAnotherMethod_areRefused() {
        assertThat(refused(Map.of("last_layers", 2)).text()).contains("means nothing for the method 'lora'");
    }

    @Test
    void flagsAreNamedAsFlags() {
        assertThatThrownBy(() -> TrainingOptions.read(Map.of("lora_plus_ratio", 0), TrainingOptions.DEFAULTS, ""))
                .hasMessageContaining("--lora-plus-ratio");
    }

    @Test
    void whatTheModelDoesNotHave_isRefused() {
        DecoderSpec model = DecoderSpec.llama(32, 16, 32, 3, 2, 1, 64);
        assertThatThrownBy(() -> Tuning.lastLayers(4).requireFits(model, "luthier"))
                .hasMessageContaining("luthier.last_layers: the model has 3 layers, not 4");
        assertThatThrownBy(() -> read(Map.of("target_modules", List.of("c_attn")))
                        .tuning()
                        .requireFits(model, "luthier"))
                .hasMessageContaining("luthier.target_modules")
                .hasMessageContaining("q_proj");
        assertThat(Tuning.lastLayers(0).layersOf(model)).isEqualTo(1);
    }
}
