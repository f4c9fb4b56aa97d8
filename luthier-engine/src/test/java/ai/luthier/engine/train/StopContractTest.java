package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.generate.Generation;
import ai.luthier.engine.generate.GenerationRequest;
import ai.luthier.engine.generate.Generator;
import ai.luthier.engine.generate.Sampling;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.text.bpe.BpeTrainer;
import ai.luthier.text.bpe.BpeVocabulary;
import ai.luthier.text.bpe.TokenizerFiles;
import ai.luthier.text.tokens.TextTokenizer;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contract 2: after overfitting eight rows, generation ends by itself with the reference text. */
@Tag("contract")
class StopContractTest {

    private static final List<String> SPECIAL = List.of("<|endoftext|>", "<|user|>", "<|assistant|>", "<|end|>");

    private static final Map<String, String> ROWS = new LinkedHashMap<>();

    static {
        ROWS.put("What does a cat say?", "Meow, and then nothing for hours.");
        ROWS.put("What does a dog say?", "Woof.");
        ROWS.put("Where is the moon?", "Above the barn, behind a cloud.");
        ROWS.put("Where is the sun?", "Ask again in the morning!");
        ROWS.put("Who ate the cake?", "Nobody saw it: no one ate it.");
        ROWS.put("Who are you?", "A very small model.");
        ROWS.put("Count to three.", "One, two, three.");
        ROWS.put("Say it in Polish.", "Dzień dobry, świecie.");
    }

    @TempDir
    Path root;

    @Test
    void everyOverfittedRow_isAnsweredWithItsReference_andEndsByItself() throws IOException {
        Path base = base();
        try (TextTokenizer tokenizer = ModelDirectory.open(base).tokenizer()) {
            List<TokenizedExample> examples = new ArrayList<>();
            ROWS.forEach((question, answer) -> examples.add(example(tokenizer, question, answer)));
            RunData data = new RunData(examples, List.of(), List.of());
            new TrainingRun(spec(base), root, () -> data, _ -> {}, WriteGate.OPEN, () -> false).run();
            int end = tokenizer.id("<|end|>").orElseThrow();
            try (Generator generator = Generator.load(ModelDirectory.open(base), Dtype.FP32)) {
                var adapter = generator.attach(root.resolve("adapter"));
                ROWS.forEach((question, answer) -> {
                    int[] prompt = tokenizer.encode(prompt(question), false);
                    GenerationRequest request = GenerationRequest.of(prompt, 60, Sampling.greedy(), Set.of(end))
                            .with(adapter);
                    Generation generation = generator.generate(request, _ -> {});
                    assertThat(generation.text()).isEqualTo(answer);
                    assertThat(generation.finish()).isEqualTo(Generation.Finish.STOP);
                });
                generator.detach(adapter);
            }
        }
    }

    private static String prompt(String question) {
        return "<|user|>" + question + "<|end|><|assistant|>";
    }

    private static TokenizedExample example(TextTokenizer tokenizer, String question, String answer) {
        int before = tokenizer.encode(prompt(question), false).length;
        int[] ids = tokenizer.encode(prompt(question) + answer + "<|end|>", false);
        boolean[] supervised = new boolean[ids.length];
        Arrays.fill(supervised, before, ids.length, true);
        return new TokenizedExample(ids, supervised);
    }

    private Path base() throws IOException {
        BpeTrainer trainer = new BpeTrainer(320, SPECIAL);
        ROWS.forEach((question, answer) -> {
            trainer.count(question);
            trainer.count(answer);
        });
        BpeVocabulary vocabulary = trainer.train();
        Path base = Files.createDirectory(root.resolve("base"));
        TokenizerFiles.write(base, vocabulary, "<|endoftext|>", 64, "");
        DecoderSpec model = DecoderSpec.llama(vocabulary.size(), 64, 128, 2, 4, 2, 64);
        try (DecoderWeights weights = DecoderWeights.random(model, Dtype.FP32, 0.2, 1)) {
            ModelDirectory.write(base, weights, Map.of("eos_token_id", 0));
        }
        return base;
    }

    private static RunSpec spec(Path base) {
        return new RunSpec(
                base,
                "tiny",
                Optional.empty(),
                Optional.empty(),
                base.resolve("unused.jsonl"),
                Optional.empty(),
                16,
                32,
                80,
                8,
                1e-2,
                0.1,
                1.0,
                0,
                42,
                RunSpec.Precision.FP32,
                64,
                Overlong.REFUSE,
                1000,
                3600,
                1,
                false,
                TrainingPath.AUTO,
                Instant.EPOCH);
    }
}
