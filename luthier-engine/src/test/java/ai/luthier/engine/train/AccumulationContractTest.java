package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.text.tokens.TokenizedExample;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Contract 4: a batch of 8 is 8 batches of 1, also with ragged rows: everything is divided by the step's own count. */
@Tag("contract")
class AccumulationContractTest {

    @Test
    void threeUpdatesOfEight_equalThreeUpdatesOfEightTimesOne() {
        assertThat(train(1)).containsExactly(train(10_000), within(2e-5f));
    }

    @Test
    void theMean_isOverTokens_notOverRowsOrPasses() {
        List<TokenizedExample> examples = TinyRun.examples(8, 11);
        try (Decoder decoder = new Decoder(DecoderWeights.random(TinyRun.MODEL, Dtype.FP32, 0.2, 1));
                LoraAdapter adapter = LoraAdapter.fresh(TinyRun.MODEL, LoraSpec.everyProjection(4, 8), 3)) {
            SupervisedStep step = new SupervisedStep(decoder, adapter, 10_000, false);
            double sum = 0;
            long tokens = 0;
            for (TokenizedExample example : examples) {
                LossSum one = step.measure(List.of(example));
                sum += one.negativeLogLikelihood();
                tokens += one.tokens();
            }
            assertThat(step.measure(examples).loss()).isCloseTo(sum / tokens, within(1e-5));
            assertThat(step.differentiate(examples).loss()).isCloseTo(sum / tokens, within(1e-5));
        }
    }

    private static float[] train(int maxTokens) {
        try (Decoder decoder = new Decoder(DecoderWeights.random(TinyRun.MODEL, Dtype.FP32, 0.2, 1));
                LoraAdapter adapter = LoraAdapter.fresh(TinyRun.MODEL, LoraSpec.everyProjection(4, 8), 3);
                AdamW optimizer = new AdamW(adapter.parameters(), 0);
                PointerScope _ = new PointerScope()) {
            SupervisedStep step = new SupervisedStep(decoder, adapter, maxTokens, false);
            for (int i = 0; i < 3; i++) {
                step.differentiate(TinyRun.examples(8, i));
                GradientNorm.clip(adapter.gradients(), 1);
                optimizer.update(adapter.values(), adapter.gradients(), 1e-3);
            }
            return Tensors.toFloats(adapter.values());
        }
    }
}
