package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.export.ExportModel;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.worker.RunFolder;
import ai.luthier.engine.worker.RunJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What {@code luthier train} left in its folder, as a model. */
final class TrainedRun {

    private TrainedRun() {}

    /**
     * The tuned model of a run.
     *
     * @param given the folder of a run, or the folder {@code adapter} in it
     * @return empty where no run lies there
     * @throws UserError where the run is not finished, or its base is gone or another one now
     */
    static Optional<ExportModel> find(Path given) throws IOException {
        Path folder = given.toAbsolutePath().normalize();
        RunFolder here = new RunFolder(folder);
        if (Files.isRegularFile(here.spec())) {
            return Optional.of(model(given.toString(), here));
        }
        Path above = folder.getParent();
        if (above != null && folder.equals(new RunFolder(above).adapter())) {
            RunFolder run = new RunFolder(above);
            return Files.isRegularFile(run.spec()) ? Optional.of(model(given.toString(), run)) : Optional.empty();
        }
        return Optional.empty();
    }

    private static ExportModel model(String name, RunFolder run) throws IOException {
        if (!Files.isDirectory(run.adapter())) {
            throw refusal(
                    "The run in " + run.root() + " is not finished. The same `luthier train` command goes on with it.");
        }
        RunSpec spec = RunJson.readSpec(run);
        if (!Files.isRegularFile(spec.base().resolve("config.json"))) {
            throw refusal("The run in " + run.root() + " trained " + spec.baseId() + " in " + spec.base()
                    + ", which is no longer there. Put it back, or add it and this adapter with `luthier models add`.");
        }
        ModelDirectory base = ModelDirectory.open(spec.base());
        Optional<PeftDirectory.Provenance> trained = PeftDirectory.provenance(run.adapter());
        if (trained.isPresent() && !trained.get().sha256().equals(base.weightsHash())) {
            throw refusal("The weights in " + spec.base() + " are others than those that the run in " + run.root()
                    + " trained; what it learnt would be wrong on them. Put the old weights back, or train again.");
        }
        return new ExportModel(name, base, Optional.of(run.adapter()), PeftDirectory.template(run.adapter()));
    }

    private static UserError refusal(String message) {
        return new UserError(ErrorCode.INVALID_MODEL, "MODEL", message);
    }
}
