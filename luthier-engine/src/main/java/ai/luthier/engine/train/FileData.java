package ai.luthier.engine.train;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.data.Example;
import ai.luthier.text.data.Examples;
import ai.luthier.text.data.TrainingFile;
import ai.luthier.text.tokens.ExampleEncoder;
import ai.luthier.text.tokens.TokenizedExample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The examples of a run's files, rendered and tokenized by the base's own template and tokenizer.
 *
 * <p>Rows without a supervised token are left out with a warning, as validation counts them; rows over the limit are cut at their
 * end or refused, all of them at once, by {@link RunSpec#overlong}.
 */
public final class FileData implements RunData.Source {

    private static final int LISTED = 20;

    private final RunSpec spec;

    public FileData(RunSpec spec) {
        this.spec = spec;
    }

    @Override
    public RunData read() {
        List<String> warnings = new ArrayList<>();
        try (ExampleEncoder encoder = ExampleEncoder.load(spec.base(), spec.template())) {
            List<TokenizedExample> training = rows(encoder, spec.trainingFile(), "training_file", warnings);
            List<TokenizedExample> validation = spec.validationFile()
                    .map(file -> rows(encoder, file, "validation_file", warnings))
                    .orElse(List.of());
            return new RunData(training, validation, warnings);
        }
    }

    private List<TokenizedExample> rows(ExampleEncoder encoder, Path file, String param, List<String> warnings) {
        List<TokenizedExample> rows = new ArrayList<>();
        List<String> overlong = new ArrayList<>();
        List<Integer> unlearnt = new ArrayList<>();
        try (Examples examples = TrainingFile.open(file).examples()) {
            while (examples.hasNext()) {
                Example example = examples.next();
                TokenizedExample row = encoder.encode(example);
                if (row.ids().length > spec.contextLimit()) {
                    overlong.add("line " + example.line() + " (" + row.ids().length + " tokens)");
                    row = cut(row);
                }
                if (row.supervisedCount() == 0) {
                    unlearnt.add(example.line());
                } else {
                    rows.add(row);
                }
            }
        }
        if (!overlong.isEmpty() && spec.overlong() == Overlong.REFUSE) {
            throw tooLong(overlong, param);
        }
        if (!overlong.isEmpty()) {
            warnings.add("Cut at the end to " + spec.contextLimit() + " tokens: " + some(overlong));
        }
        if (!unlearnt.isEmpty()) {
            warnings.add("Left out, because nothing in them is learnt: lines "
                    + some(unlearnt.stream().map(String::valueOf).toList()));
        }
        return rows;
    }

    private TokenizedExample cut(TokenizedExample row) {
        return new TokenizedExample(
                Arrays.copyOf(row.ids(), spec.contextLimit()), Arrays.copyOf(row.supervised(), spec.contextLimit()));
    }

    private UserError tooLong(List<String> overlong, String param) {
        return new UserError(
                ErrorCode.INVALID_TRAINING_FILE,
                param,
                overlong.size() + " rows have more than " + spec.contextLimit() + " tokens: "
                        + String.join(", ", overlong)
                        + ". Shorten these rows, or choose to truncate them.");
    }

    private static String some(List<String> items) {
        String shown = items.stream().limit(LISTED).collect(Collectors.joining(", "));
        return items.size() > LISTED ? shown + " and " + (items.size() - LISTED) + " more" : shown;
    }
}
