package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.luthier.engine.SharedInputs;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.generate.Generation;
import ai.luthier.engine.generate.GenerationRequest;
import ai.luthier.engine.generate.Generator;
import ai.luthier.engine.generate.Sampling;
import ai.luthier.engine.generate.TokenListener;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.text.chat.Conversation;
import ai.luthier.text.tokens.ExampleEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real pretrained model with a chat template, used as people use one: asked, tuned, asked again. */
class MinimindTest {

    private static final List<String> QUESTIONS = List.of("你好", "中国的首都是哪里？", "世界上最高的山是什么？");

    @TempDir
    Path folder;

    @Test
    void answersInItsTemplate_andEndsByItself() {
        Path base = SharedInputs.model("minimind2-small");
        for (String question : QUESTIONS) {
            Generation answer = ask(base, Optional.empty(), question);
            System.out.println("minimind2-small | " + question + " | " + answer.text());
            assertThat(answer.finish()).as(question).isEqualTo(Generation.Finish.STOP);
            assertThat(answer.text()).as(question).isNotBlank();
        }
    }

    /** On questions about itself it has never seen, the loss after a job of two epochs is far below the base's. */
    @Test
    @Tag("slow")
    void aJob_lowersTheLossOnHeldOutRows() throws IOException {
        Path base = SharedInputs.model("minimind2-small");
        RunSpec spec = spec(base);
        double before = baseLoss(spec);
        List<Double> after = new ArrayList<>();
        RunOutcome outcome = TrainingRun.alone(spec, Files.createDirectory(folder.resolve("run")), event -> {
                    if (event instanceof RunEvent.StepDone step && step.fullValidLoss() != null) {
                        after.add(step.fullValidLoss());
                    }
                })
                .run();
        System.out.println("minimind2-small | loss on held-out rows | " + before + " -> " + after);
        assertThat(outcome).isEqualTo(RunOutcome.FINISHED);
        assertThat(after).hasSize(2);
        assertThat(after.getLast()).isLessThan(0.6 * before);
        Generation answer = ask(base, Optional.of(folder.resolve("run/adapter")), "Who are you?");
        System.out.println("minimind2-small, tuned | Who are you? | " + answer.text());
        assertThat(answer.finish()).isEqualTo(Generation.Finish.STOP);
    }

    private static double baseLoss(RunSpec spec) {
        RunData data = new FileData(spec).read();
        try (Decoder decoder = ModelDirectory.open(spec.base()).decoder(Dtype.BF16);
                LoraAdapter none = LoraAdapter.zero(decoder.spec(), LoraSpec.everyProjection(decoder.spec(), 1, 1))) {
            return new SupervisedStep(decoder, none, 2048, false)
                    .measure(data.validation())
                    .loss();
        }
    }

    private RunSpec spec(Path base) throws IOException {
        Path training = folder.resolve("train.jsonl");
        Path validation = folder.resolve("valid.jsonl");
        List<String> rows = rows();
        List<String> heldOut = new ArrayList<>();
        for (int row = rows.size() - 1; row >= 0; row -= 6) {
            heldOut.add(rows.remove(row));
        }
        Files.write(training, rows);
        Files.write(validation, heldOut);
        return new RunSpec(
                base,
                "minimind2-small",
                Optional.empty(),
                Optional.empty(),
                training,
                Optional.of(validation),
                RunDefaults.RANK,
                RunDefaults.ALPHA,
                2,
                4,
                1e-3,
                RunDefaults.WARMUP,
                RunDefaults.MAX_GRADIENT_NORM,
                0,
                0,
                RunSpec.Precision.BF16,
                512,
                Overlong.REFUSE,
                RunDefaults.CHECKPOINT_STEPS,
                RunDefaults.CHECKPOINT_SECONDS,
                1,
                false,
                TrainingPath.AUTO,
                Instant.EPOCH);
    }

    /** Questions about the assistant itself, as chat rows with a name filled in. */
    private static List<String> rows() throws IOException {
        Path file = Path.of(System.getProperty("luthier.shared", "../shared"), "data/instruct/identity.json");
        assumeTrue(Files.exists(file), "skipped: there is no " + file);
        List<String> rows = new ArrayList<>();
        for (JsonNode row : JsonMapper.shared().readTree(Files.readAllBytes(file))) {
            String answer = row.path("output")
                    .asString("")
                    .replace("{{name}}", "Luthier")
                    .replace("{{author}}", "a workshop");
            rows.add(JsonMapper.shared()
                    .writeValueAsString(Map.of(
                            "messages",
                            List.of(
                                    message("user", row.path("instruction").asString("")),
                                    message("assistant", answer)))));
        }
        return rows;
    }

    private static Map<String, String> message(String role, String content) {
        Map<String, String> message = new LinkedHashMap<>();
        message.put("role", role);
        message.put("content", content);
        return message;
    }

    private static Generation ask(Path base, Optional<Path> adapter, String question) {
        ModelDirectory directory = ModelDirectory.open(base);
        try (ExampleEncoder encoder = ExampleEncoder.load(base, Optional.empty());
                Generator generator = Generator.load(directory, Dtype.FP32)) {
            Set<Integer> stopIds = new HashSet<>(directory.stopIds());
            encoder.endOfTurn().ifPresent(stopIds::add);
            int[] prompt = encoder.prompt(Conversation.of(List.of(Map.of("role", "user", "content", question))));
            GenerationRequest request = GenerationRequest.of(prompt, 300, Sampling.greedy(), stopIds);
            return generator.generate(
                    adapter.map(generator::attach).map(request::with).orElse(request), TokenListener.NONE);
        }
    }
}
