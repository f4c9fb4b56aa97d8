import ai.luthier.engine.LocalModel;
import ai.luthier.engine.train.DpoSpec;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.TrainingRun;
import ai.luthier.nano.NanoModel;

/// Preferences instead of answers: of two stories the short one is preferred, and the model learns to stop sooner.
/// ./dev example 04_preferences [FOLDER]
static final List<String> TOPICS = List.of("turtle", "penguin", "snail", "whale", "robot", "hedgehog");

void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "luthier-data/examples");
    Path base = NanoModel.unpack(folder);
    Path run = Files.createDirectories(folder.resolve("preferences"));
    RunSpec spec = RunSpec.of(base, Path.of("examples/short-stories.jsonl"), 4, 2, 1e-3) // epochs, pairs a step, rate
            .withDpo(DpoSpec.DEFAULTS); // sigmoid, beta 0.1
    TrainingRun.alone(spec, run, event -> {
        if (event instanceof RunEvent.StepDone step) {
            IO.println("step %d: loss %.3f, rewards/margins %.3f"
                    .formatted(step.step(), step.trainLoss(), step.more().get("rewards/margins")));
        }
    }).run();
    try (LocalModel before = LocalModel.load(base);
            LocalModel after = LocalModel.load(base, run.resolve("adapter"))) {
        IO.println("words of a story before: %.0f, after: %.0f".formatted(words(before), words(after)));
        IO.println(after.answer("Tell me a story about a turtle."));
    }
}

/// Words of an answer, on average.
double words(LocalModel model) {
    return TOPICS.stream()
            .mapToInt(topic -> model.answer("Tell me a story about a " + topic + ".").split("\\s+").length)
            .average()
            .orElseThrow();
}
