package ai.luthier.engine.generate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.FamilyFixture;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Dtype;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family generates the tokens of transformers, through the cache and beyond windows and original contexts. */
@Tag("golden")
class FamilyGenerationTest {

    @ParameterizedTest
    @MethodSource("ai.luthier.engine.FamilyFixture#all")
    void greedyTokens_areThoseOfTransformers(FamilyFixture family) throws IOException {
        int[] expected = family.ids("greedy");
        GenerationRequest request =
                GenerationRequest.of(family.ids("prompt"), expected.length, Sampling.greedy(), Set.of());
        try (Decoder decoder = family.model().decoder(Dtype.FP32);
                Decode decode = new Decode(request, decoder, _ -> new byte[0])) {
            while (decode.turn()) {
                // Until it says that it is done.
            }
            List<Integer> generated = new ArrayList<>();
            for (Decode.Output output : decode.outputs()) {
                if (output instanceof Decode.Output.Done done) {
                    generated.addAll(done.generation().ids());
                }
            }
            assertThat(generated).containsExactlyElementsOf(ints(expected));
            family.note("greedy", 0);
        }
    }

    private static List<Integer> ints(int[] values) {
        List<Integer> list = new ArrayList<>();
        for (int value : values) {
            list.add(value);
        }
        return list;
    }
}
