package ai.luthier.engine.export;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.text.tokens.ExampleEncoder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is exported: a base, or a base with an adapter.
 *
 * @param name as users know it
 * @param base its weights and tokenizer
 * @param adapter a PEFT directory, for a tuned model
 * @param template file with a chat template that replaces the base's own
 */
public record ExportModel(String name, ModelDirectory base, Optional<Path> adapter, Optional<Path> template) {

    /** Tokenizer and template as the model is asked with; the caller closes it. */
    ExampleEncoder encoder() {
        return ExampleEncoder.load(base.path(), template);
    }

    Optional<String> templateSource() {
        return ExampleEncoder.templateSource(base.path(), template);
    }

    /** Ids that end an answer: what the base's configuration names, and what the template ends a turn with. */
    Set<Integer> stopIds(ExampleEncoder encoder) {
        Set<Integer> ids = new TreeSet<>(base.stopIds());
        encoder.endOfTurn().ifPresent(ids::add);
        return ids;
    }
}
