package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.server.models.Base;
import ai.luthier.text.data.Example;
import ai.luthier.text.data.Examples;
import ai.luthier.text.data.TrainingFile;
import ai.luthier.text.jinja.Span;
import ai.luthier.text.tokens.ExampleEncoder;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code luthier inspect}: one row as the model will see it. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description =
                "Show a row as the model will see it: the rendered text and the tokens, those that are learnt in colour.")
final class InspectCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "JSONL: chat, prompt/completion or preferences.")
    private Path file;

    @Option(names = "--row", description = "Row, counted from 1, blank lines left out (default: ${DEFAULT-VALUE}).")
    private int row = 1;

    @Option(names = "--model", description = "Base to render for: a name or a directory (default: ${DEFAULT-VALUE}).")
    private String model = "gpt-4o-mini-2024-07-18";

    @Option(names = "--data", description = "Data directory (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("luthier-data");

    @Option(names = "--json", description = "Text, ids and weights as one JSON object.")
    private boolean json;

    private final Console console = Console.standard();

    @Override
    public Integer call() throws IOException {
        Example example = example();
        Base base = BaseLocator.find(model, data);
        try (ExampleEncoder encoder = ExampleEncoder.load(base.directory(), base.template())) {
            List<ExampleEncoder.Row> sides = encoder.rows(example);
            if (json) {
                console.print(JsonMapper.shared().writeValueAsString(json(example, sides)));
            } else if (sides.size() == 1) {
                print("Line " + example.line(), sides.getFirst(), encoder);
            } else {
                print("Line " + example.line() + ", preferred", sides.getFirst(), encoder);
                console.print("");
                print("Line " + example.line() + ", not preferred", sides.getLast(), encoder);
            }
        }
        return 0;
    }

    private Example example() {
        int rows = 0;
        try (Examples examples = TrainingFile.open(file).examples()) {
            while (examples.hasNext()) {
                Example example = examples.next();
                rows++;
                if (rows == row) {
                    return example;
                }
            }
        }
        throw new UserError(
                ErrorCode.INVALID_VALUE,
                "--row",
                file + " has no row " + row + (rows == 0 ? "; it is empty." : "; its rows are 1 to " + rows + "."));
    }

    /** One object; for a row of preferences one whose two sides are such objects. */
    private static Map<String, Object> json(Example example, List<ExampleEncoder.Row> sides) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("line", example.line());
        if (sides.size() == 1) {
            object.putAll(json(sides.getFirst()));
        } else {
            object.put("preferred", json(sides.getFirst()));
            object.put("non_preferred", json(sides.getLast()));
        }
        return object;
    }

    private static Map<String, Object> json(ExampleEncoder.Row row) {
        List<Integer> weights = new ArrayList<>();
        for (boolean supervised : row.tokens().supervised()) {
            weights.add(supervised ? 1 : 0);
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("text", row.text());
        object.put(
                "spans",
                row.spans().stream()
                        .map(span -> span.inCodePoints(row.text()))
                        .map(span -> List.of(span.start(), span.end()))
                        .toList());
        object.put("ids", row.tokens().ids());
        object.put("weights", weights);
        object.put("special_tokens_in_content", row.addedInData());
        object.put("split_turns", row.splits());
        return object;
    }

    private void print(String title, ExampleEncoder.Row row, ExampleEncoder encoder) {
        TokenizedExample tokens = row.tokens();
        console.print(console.bold(title) + ": " + tokens.ids().length + " tokens, " + tokens.supervisedCount()
                + " learnt " + console.green("«so»"));
        console.print("");
        console.print(marked(row));
        console.print("");
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < tokens.ids().length; i++) {
            String token = tokens.ids()[i] + ":" + encoder.tokenizer().token(tokens.ids()[i]);
            line.append(tokens.supervised()[i] ? console.green("«" + token + "»") : console.dim(token))
                    .append(' ');
        }
        console.print(line.toString().stripTrailing());
        if (!row.addedInData().isEmpty()) {
            console.print("\nSpecial tokens written in the content, encoded as ordinary text: "
                    + String.join(" ", row.addedInData()));
        }
        if (!row.splits().isEmpty()) {
            console.print("\nA token would have reached across the beginning of an answer and was split there (turns "
                    + row.splits() + ", counted from 0).");
        }
    }

    private String marked(ExampleEncoder.Row row) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        for (Span span : row.spans()) {
            text.append(row.text(), at, span.start())
                    .append(console.green("«" + row.text().substring(span.start(), span.end()) + "»"));
            at = span.end();
        }
        return text.append(row.text(), at, row.text().length()).toString();
    }
}
