package ai.luthier.engine.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.engine.FamilyFixture;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.text.lines.LineService;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ScorerTest {

    /** Against the logits of transformers, turned into log-probabilities the slow way. */
    @Test
    void scores_areThoseOfTheReferenceLogits() throws IOException {
        FamilyFixture family = FamilyFixture.named("gemma2");
        int[] ids = family.ids("ids");
        float[] logits = family.logits();
        try (Decoder decoder = family.model().decoder(Dtype.FP32)) {
            Scores scores = new Scorer(decoder).score(ids);
            assertAgainst(logits, logits.length / ids.length, ids, scores);
        }
    }

    /** A row of several pieces has the scores of one pass over all of it. */
    @Test
    void longRow_isScoredInPieces() {
        DecoderSpec spec = DecoderSpec.llama(50, 32, 48, 2, 4, 2, 4096);
        int[] ids = new Random(5).ints(2 * Scorer.PIECE + 37, 0, 50).toArray();
        try (Decoder decoder = new Decoder(DecoderWeights.random(spec, Dtype.FP32, 0.2, 1));
                PointerScope _ = new PointerScope()) {
            float[] logits = Scopes.withoutGradients(
                    () -> Tensors.toFloats(decoder.logits(decoder.hidden(Rows.of(ids), Adapter.NONE))));
            assertAgainst(logits, 50, ids, new Scorer(decoder).score(ids));
        }
    }

    private static void assertAgainst(float[] logits, int vocabulary, int[] ids, Scores scores) {
        assertThat(scores.logprobs()).hasSameSizeAs(ids);
        assertThat(scores.logprobs()[0]).isNaN();
        for (int t = 0; t < ids.length; t++) {
            double sum = 0;
            int best = 0;
            for (int v = 0; v < vocabulary; v++) {
                float logit = logits[t * vocabulary + v];
                sum += Math.exp(logit);
                best = logit > logits[t * vocabulary + best] ? v : best;
            }
            assertThat(scores.top1()[t]).as("top1 of %d", t).isEqualTo(best);
            if (t + 1 < ids.length) {
                double logprob = logits[t * vocabulary + ids[t + 1]] - Math.log(sum);
                assertThat((double) scores.logprobs()[t + 1])
                        .as("logprob of %d", t + 1)
                        .isCloseTo(logprob, within(1e-4));
            }
        }
    }

    @Test
    void lines_areAnsweredOneByOne_whateverIsWrongWithOthers() throws IOException {
        FamilyFixture family = FamilyFixture.named("llama");
        try (Decoder decoder = family.model().decoder(Dtype.BF16)) {
            ScoreLines lines = new ScoreLines(new Scorer(decoder), 80, 128, () -> {
                throw new ai.luthier.api.UserError(ai.luthier.api.ErrorCode.INVALID_MODEL, null, "no tokenizer.json");
            });
            List<JsonNode> answers = answers(
                    lines,
                    "{\"ids\":[5,6,7]}",
                    "{\"ids\":[]}",
                    "{\"ids\":[5,80]}",
                    "{\"ids\":[5,-1]}",
                    "{\"ids\":[5,1.5]}",
                    "{\"ids\":[5,99999999999]}",
                    "{\"ids\":\"5\"}",
                    "{\"ids\":[" + "5,".repeat(128) + "5]}",
                    "{\"text\":7}",
                    "{\"text\":\"a\"}",
                    "{\"ids\":[1],\"text\":\"a\"}",
                    "{}",
                    "nonsense",
                    "{\"ids\":[5]}");
            assertThat(answers.stream()
                            .skip(1)
                            .limit(12)
                            .map(answer -> answer.path("error").asString("")))
                    .satisfiesExactly(
                            e -> assertThat(e).contains("\"ids\" has no tokens"),
                            e -> assertThat(e).contains("Token 1 has the id 80; the model knows [0, 80)"),
                            e -> assertThat(e).contains("Token 1 has the id -1"),
                            e -> assertThat(e).contains("at 1 it has 1.5"),
                            e -> assertThat(e).contains("at 1 it has 99999999999"),
                            e -> assertThat(e).contains("must be a list of token ids"),
                            e -> assertThat(e).contains("The row has 129 tokens; this model's context is 128"),
                            e -> assertThat(e).contains("\"text\" must be a string"),
                            e -> assertThat(e).contains("no tokenizer.json"),
                            e -> assertThat(e).contains("either \"ids\" or \"text\" and nothing else, not [ids, text]"),
                            e -> assertThat(e).contains("either \"ids\" or \"text\""),
                            e -> assertThat(e).contains("not a request"));
            assertThat(answers.get(0).path("logprobs").get(0).isNull()).isTrue();
            assertThat(answers.get(0).path("logprobs").get(2).doubleValue()).isNegative();
            assertThat(answers.get(0).path("top1")).hasSize(3);
            assertThat(answers.get(13).path("logprobs").toString()).isEqualTo("[null]");
            assertThat(answers.get(13).path("top1")).hasSize(1);
        }
    }

    private static List<JsonNode> answers(ScoreLines lines, String... requests) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] in = String.join("\n", requests).getBytes(StandardCharsets.UTF_8);
        LineService.serve(new ByteArrayInputStream(in), out, lines);
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(JsonMapper.shared()::readTree)
                .toList();
    }
}
