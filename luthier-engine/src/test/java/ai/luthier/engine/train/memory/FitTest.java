package ai.luthier.engine.train.memory;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.options.TrainingOptions;
import ai.luthier.engine.train.options.Tuning;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FitTest {

    private static final DecoderSpec SPEC = DecoderSpec.llama(49_152, 576, 1_536, 30, 9, 3, 8_192);
    private static final long GIB = 1L << 30;

    private final TrainingShape large = shape(Map.of());

    @Test
    void whatFitsIsNotRefused() {
        assertThat(fit(64 * GIB).refusal("m", "model", large, false, List.of())).isEmpty();
        assertThat(fit(64 * GIB).fits(large)).isTrue();
    }

    /** Each method at its border, named with its numbers. */
    @ParameterizedTest
    @CsvSource({
        "lora, rank, 16, LoRA of rank 16",
        "lora, rank, 256, LoRA of rank 256",
        "rslora, rank, 64, rsLoRA of rank 64",
        "lora, lora_plus_ratio, 16, LoRA+ of rank 16",
        "last_layers, last_layers, 9, training the last 9 layers",
        "last_layers, last_layers, 1, training the last layer",
        "full, epochs, 0, training all weights",
    })
    void aByteBelowItsNeed_everyMethodIsRefusedByName(String method, String key, int value, String words) {
        Map<String, Object> given = value == 0 ? Map.of("method", method) : Map.of("method", method, key, value);
        TrainingShape shape = shape(given);
        long needed = fit(GIB).needed(shape).total();
        assertThat(fit(needed).refusal("m", "model", shape, false, List.of())).isEmpty();
        assertThat(refusal(needed - 1, shape, false).text())
                .startsWith("Tuning m by " + words + " on rows of up to 1,024 tokens, 8 in a batch, needs "
                        + MemoryEstimate.text(needed) + " of memory (");
    }

    @Test
    void theRefusalHasTheNumbers_andEveryWayOutFits_andTheNextLargerDoesNot() {
        long available = 2 * GIB;
        UserError refusal = fit(available)
                .refusal("m", "model", large, false, List.of("another base: tiny"))
                .orElseThrow();
        assertThat(refusal.code()).isEqualTo(ErrorCode.INSUFFICIENT_MEMORY);
        assertThat(refusal.text())
                .contains(MemoryEstimate.text(fit(available).needed(large).total()))
                .contains("2.0 GiB are available")
                .contains("another base: tiny")
                .contains("(recompute)")
                .doesNotContain("a rank of");
        int batch = number(refusal.text(), "a batch size of ([\\d,]+)");
        assertThat(fit(available).fits(large.withBatch(batch))).isTrue();
        assertThat(fit(available).fits(large.withBatch(batch + 1))).isFalse();
        int rows = number(refusal.text(), "rows of at most ([\\d,]+) tokens");
        assertThat(fit(available).fits(large.withLongest(rows))).isTrue();
        assertThat(fit(available).fits(large.withLongest(rows + 1))).isFalse();
    }

    @Test
    void aRankThatIsTooLarge_isToldTheLargestThatFits() {
        TrainingShape shape = shape(Map.of("rank", 512));
        long available = fit(GIB).needed(shape(Map.of("rank", 100))).total();
        assertThat(refusal(available, shape, false).text()).contains("What would fit: a rank of 100");
        assertThat(refusal(available, shape, true).text())
                .as("a tuned model's factors stay as they are")
                .doesNotContain("a rank of");
    }

    @Test
    void wholeWeights_areToldOfFewerLayers_andOfLora() {
        TrainingShape full = shape(Map.of("method", "full"));
        TrainingShape six = full.by(full.way().training(Tuning.lastLayers(6), 16));
        long available =
                Math.max(fit(GIB).needed(six).total(), fit(GIB).needed(large).total());
        String text = refusal(available, full, false).text();
        int layers = number(text, "training the last ([\\d,]+) layers");
        assertThat(layers).isGreaterThanOrEqualTo(6).isLessThan(30);
        assertThat(text).contains("; LoRA of rank 16");
        TrainingShape more = full.by(full.way().training(Tuning.lastLayers(layers + 1), 16));
        assertThat(fit(available).fits(more)).isFalse();
    }

    @Test
    void pairsNeedMore_andAreNamed() {
        TrainingShape pairs = TrainingShape.supervised(large.way(), 1, 1024, 0).onPairs();
        long needed = fit(GIB).needed(pairs).total();
        assertThat(needed).isGreaterThan(fit(GIB).needed(large.withBatch(1)).total());
        assertThat(refusal(needed - 1, pairs, false).text()).contains("on pairs of rows of up to 1,024 tokens");
    }

    @Test
    void whereNothingOfTheRunHelps_onlyTheOtherWaysAreNamed() {
        assertThat(fit(GIB / 4)
                        .refusal("m", "model", large, false, List.of("a larger machine"))
                        .orElseThrow()
                        .text())
                .endsWith("256 MiB are available. What would fit: a larger machine.");
        assertThat(refusal(GIB / 4, large, false).text()).endsWith("Nothing smaller of this run would fit either.");
    }

    private static UserError refusal(long available, TrainingShape shape, boolean begun) {
        return fit(available).refusal("m", "model", shape, begun, List.of()).orElseThrow();
    }

    private static TrainingShape shape(Map<String, Object> given) {
        TrainingOptions options = TrainingOptions.read(given, TrainingOptions.DEFAULTS, "");
        return TrainingShape.supervised(TrainingWay.of(options, 1, 0), 8, 1024, 0);
    }

    private static Fit fit(long available) {
        return new Fit(SPEC, Dtype.BF16, available);
    }

    private static int number(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return Integer.parseInt(matcher.group(1).replace(",", ""));
    }
}
