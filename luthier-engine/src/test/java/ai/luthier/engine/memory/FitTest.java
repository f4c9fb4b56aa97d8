package ai.luthier.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.TrainingPath;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FitTest {

    private static final DecoderSpec SPEC = DecoderSpec.llama(49_152, 576, 1_536, 30, 9, 3, 8_192);
    private static final long GIB = 1L << 30;

    private final TrainingShape large = TrainingShape.supervised(16, 8, 1024, TrainingPath.FAST, false, 0);

    @Test
    void whatFitsIsNotRefused() {
        assertThat(fit(64 * GIB).refusal("m", "model", large, List.of())).isEmpty();
        assertThat(fit(64 * GIB).fits(large)).isTrue();
    }

    @Test
    void theRefusalHasTheNumbers_andEveryWayOutFits_andTheNextLargerDoesNot() {
        long available = 2 * GIB;
        UserError refusal = fit(available)
                .refusal("m", "model", large, List.of("another base: tiny"))
                .orElseThrow();
        assertThat(refusal.code()).isEqualTo(ErrorCode.INSUFFICIENT_MEMORY);
        assertThat(refusal.text())
                .contains(MemoryEstimate.text(fit(available).needed(large).total()))
                .contains("2.0 GiB are available")
                .contains("another base: tiny")
                .contains("worker.recompute");
        int batch = number(refusal.text(), "a batch size of ([\\d,]+)");
        assertThat(fit(available).fits(large.withBatch(batch))).isTrue();
        assertThat(fit(available).fits(large.withBatch(batch + 1))).isFalse();
        int rows = number(refusal.text(), "rows of at most ([\\d,]+) tokens");
        assertThat(fit(available).fits(large.withLongest(rows))).isTrue();
        assertThat(fit(available).fits(large.withLongest(rows + 1))).isFalse();
    }

    @Test
    void whereNothingOfTheRunHelps_onlyTheOtherWaysAreNamed() {
        assertThat(fit(GIB / 4)
                        .refusal("m", "model", large, List.of("a larger machine"))
                        .orElseThrow()
                        .text())
                .endsWith("256 MiB are available. What would fit: a larger machine.");
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
