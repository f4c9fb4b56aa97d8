package ai.luthier.engine.train;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.text.data.Example;
import ai.luthier.text.data.Examples;
import ai.luthier.text.data.TrainingFile;
import ai.luthier.text.tokens.ExampleEncoder;
import ai.luthier.text.tokens.TokenizedExample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
        Set<Integer> stopIds = new HashSet<>(ModelDirectory.open(spec.base()).stopIds());
        try (ExampleEncoder encoder = ExampleEncoder.load(spec.base(), spec.template(), spec.clock())) {
            encoder.endOfTurn().ifPresent(stopIds::add);
            List<TokenizedExample> training = rows(encoder, spec.trainingFile(), "training_file", warnings);
            endless(training, stopIds).ifPresent(warnings::add);
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

    /** A model that learns to end its answers with a token at which nobody stops will write on behind them. */
    private Optional<String> endless(List<TokenizedExample> rows, Set<Integer> stopIds) {
        List<TokenizedExample> whole = rows.stream()
                .filter(row -> row.ids().length < spec.contextLimit())
                .toList();
        long endless =
                whole.stream().filter(row -> !stopIds.contains(lastLearnt(row))).count();
        return endless == 0
                ? Optional.empty()
                : Optional.of("The answers of " + endless + " of " + whole.size()
                        + " rows end with a token at which generation does not stop (token "
                        + lastLearnt(whole.stream()
                                .filter(row -> !stopIds.contains(lastLearnt(row)))
                                .findFirst()
                                .orElseThrow())
                        + "; it stops at " + new TreeSet<>(stopIds)
                        + "). The tuned model may write on behind its answers. Name that token as eos_token_id in the base's"
                        + " generation_config.json, or use a chat template that ends a turn with one special token.");
    }

    private static int lastLearnt(TokenizedExample row) {
        int last = row.ids().length - 1;
        while (!row.supervised()[last]) {
            last--;
        }
        return row.ids()[last];
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
