package ai.luthier.engine.train;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.text.data.ChatExample;
import ai.luthier.text.data.CompletionExample;
import ai.luthier.text.data.Example;
import ai.luthier.text.data.Examples;
import ai.luthier.text.data.PreferenceExample;
import ai.luthier.text.data.TrainingFile;
import ai.luthier.text.tokens.EncodedRow;
import ai.luthier.text.tokens.ExampleEncoder;
import ai.luthier.text.tokens.TokenizedExample;
import ai.luthier.text.tokens.TokenizedPair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
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
        Files<TokenizedExample> files = files(encoder -> encoder::encode);
        return new RunData(files.training, files.validation, files.warnings);
    }

    /** The rows as the spec's objective takes them. */
    Objective objective() {
        return spec.dpo()
                .<Objective>map(dpo -> new PreferenceObjective(pairs(), dpo))
                .orElseGet(() -> new SupervisedObjective(read()));
    }

    private PairData pairs() {
        Files<TokenizedPair> files = files(encoder -> example -> pair(encoder, example));
        return new PairData(files.training, files.validation, files.warnings);
    }

    private static TokenizedPair pair(ExampleEncoder encoder, Example example) {
        return switch (example) {
            case PreferenceExample preference -> encoder.encode(preference);
            case ChatExample _, CompletionExample _ ->
                throw new UserError(
                        ErrorCode.INVALID_TRAINING_FILE,
                        "training_file",
                        "Line " + example.line()
                                + " has no preference: a run with the method dpo needs rows with input,"
                                + " preferred_output and non_preferred_output.");
        };
    }

    private record Files<R>(List<R> training, List<R> validation, List<String> warnings) {}

    private <R extends EncodedRow<R>> Files<R> files(Function<ExampleEncoder, Function<Example, R>> encoding) {
        List<String> warnings = new ArrayList<>();
        Set<Integer> stopIds = new HashSet<>(ModelDirectory.open(spec.base()).stopIds());
        try (ExampleEncoder encoder = ExampleEncoder.load(spec.base(), spec.template(), spec.clock())) {
            encoder.endOfTurn().ifPresent(stopIds::add);
            Function<Example, R> encode = encoding.apply(encoder);
            List<R> training = rows(encode, spec.trainingFile(), "training_file", warnings);
            endless(training, stopIds).ifPresent(warnings::add);
            List<R> validation = spec.validationFile()
                    .map(file -> rows(encode, file, "validation_file", warnings))
                    .orElse(List.of());
            return new Files<>(training, validation, warnings);
        }
    }

    private <R extends EncodedRow<R>> List<R> rows(
            Function<Example, R> encode, Path file, String param, List<String> warnings) {
        List<R> rows = new ArrayList<>();
        List<String> overlong = new ArrayList<>();
        List<Integer> unlearnt = new ArrayList<>();
        try (Examples examples = TrainingFile.open(file).examples()) {
            while (examples.hasNext()) {
                Example example = examples.next();
                R row = encode.apply(example);
                if (row.longest() > spec.contextLimit()) {
                    overlong.add("line " + example.line() + " (" + row.longest() + " tokens)");
                    row = row.cut(spec.contextLimit());
                }
                if (row.learnable()) {
                    rows.add(row);
                } else {
                    unlearnt.add(example.line());
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
            warnings.add("Left out, because nothing in them is learnt: " + (unlearnt.size() == 1 ? "line " : "lines ")
                    + some(unlearnt.stream().map(String::valueOf).toList()));
        }
        return rows;
    }

    /** A model that learns to end its answers with a token at which nobody stops will write on behind them. */
    private Optional<String> endless(List<? extends EncodedRow<?>> rows, Set<Integer> stopIds) {
        List<TokenizedExample> whole = rows.stream()
                .map(EncodedRow::wanted)
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
