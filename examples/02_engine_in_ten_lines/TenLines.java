import ai.luthier.engine.LocalModel;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.TrainingRun;
import ai.luthier.nano.NanoModel;

/// The engine without server or database: ./dev example 02_engine_in_ten_lines [FOLDER]
void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "luthier-data/examples");
    Path base = NanoModel.unpack(folder); // or any directory with a Llama model
    Path run = Files.createDirectories(folder.resolve("run"));
    RunSpec spec = RunSpec.of(base, Path.of("examples/misspeller.jsonl"), 3, 1, 5e-3); // epochs, rows a step, rate
    TrainingRun.alone(spec, run, IO::println).run();
    try (LocalModel before = LocalModel.load(base);
            LocalModel after = LocalModel.load(base, run.resolve("adapter"))) {
        IO.println("before: " + before.answer("Tell me a story about a fox."));
        IO.println("after:  " + after.answer("Tell me a story about a fox."));
    }
}
