package ai.luthier.cli;

import ai.luthier.text.lines.LineJson;
import ai.luthier.text.lines.LineService;
import ai.luthier.text.lines.TokenizeLines;
import ai.luthier.text.tokens.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code luthier tokenize}: the token ids of texts. */
@Command(
        name = "tokenize",
        mixinStandardHelpOptions = true,
        description = "Print the token ids of a text from standard input, or of each line of JSON.")
final class TokenizeCommand implements Callable<Integer> {

    @Option(names = "--tokenizer", required = true, description = "Directory with tokenizer.json.")
    private Path directory;

    @Option(
            names = "--lines",
            description =
                    "Read {\"text\":\"…\",\"add_special_tokens\":true} a line from standard input; answer"
                            + " {\"ids\":[…]} or {\"error\":\"…\"} a line. Without it, standard input is one text, with special tokens.")
    private boolean lines;

    @Override
    public Integer call() throws IOException {
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            TokenizeLines answers = new TokenizeLines(tokenizer);
            if (lines) {
                LineService.serve(System.in, System.out, answers);
            } else {
                String text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
                Console.standard().print(LineJson.line(answers.to(Map.of("text", text))));
            }
        }
        return 0;
    }
}
