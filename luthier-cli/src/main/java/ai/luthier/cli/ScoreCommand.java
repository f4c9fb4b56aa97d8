package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.adapter.ChangedWeights;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.score.ScoreLines;
import ai.luthier.engine.score.Scorer;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.server.models.Base;
import ai.luthier.text.lines.LineService;
import ai.luthier.text.tokens.TextTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code luthier score}: what a model says of given tokens, for comparison with other implementations. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description = {
            "Score rows of tokens: one JSON object a line from standard input, one a line answered, flushed at once.",
            "",
            "In: {\"ids\":[…]}, or {\"text\":\"…\"}, which is encoded with the tokenizer's special tokens (BOS).",
            "Out: {\"logprobs\":[null,…],\"top1\":[…]}, both as long as the ids; for a text its \"ids\" too.",
            "  logprobs[t] is the natural logarithm of p(ids[t] | ids[0..t-1]); the first token follows nothing: null.",
            "  top1[t] is the likeliest token after ids[0..t], so it stands against ids[t+1].",
            "A line that cannot be scored is answered with {\"error\":\"…\"}, and the next one is read."
        })
final class ScoreCommand implements Callable<Integer> {

    /** The types in which it can be computed. */
    enum Type {
        fp32,
        bf16
    }

    @Parameters(paramLabel = "MODEL", description = "A name of the catalogue, or a directory in Hugging Face layout.")
    private String model;

    @Option(names = "--lines", description = "Read and answer lines; so far the only way there is.")
    private boolean lines;

    @Option(names = "--dtype", description = "fp32 or bf16 (default: ${DEFAULT-VALUE}).")
    private Type dtype = Type.fp32;

    @Option(names = "--adapter", description = "A PEFT directory of this model, applied to it.")
    private @Nullable Path adapter;

    @Option(names = "--data", description = "Data directory, for the names of bases (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("luthier-data");

    @Override
    public Integer call() throws IOException {
        if (!lines) {
            throw new UserError(ErrorCode.INVALID_VALUE, "--lines", "score answers lines only; add --lines.");
        }
        Base base = BaseLocator.find(model, data);
        ModelDirectory directory = ModelDirectory.open(base.directory());
        try (Decoder decoder = directory.decoder(dtype == Type.fp32 ? Dtype.FP32 : Dtype.BF16);
                Tokenizer tokenizer = new Tokenizer(directory)) {
            if (adapter == null) {
                serve(decoder.spec(), new Scorer(decoder), tokenizer);
                return 0;
            }
            if (ChangedWeights.isIn(adapter)) {
                try (Decoder changed =
                        new Decoder(ChangedWeights.open(adapter, decoder.spec()).over(decoder.weights()))) {
                    serve(decoder.spec(), new Scorer(changed), tokenizer);
                }
                return 0;
            }
            try (LoraAdapter tuned = PeftDirectory.read(adapter, decoder.spec())) {
                serve(decoder.spec(), new Scorer(decoder, tuned), tokenizer);
            }
        }
        return 0;
    }

    private static void serve(DecoderSpec spec, Scorer scorer, Tokenizer tokenizer) throws IOException {
        LineService.serve(
                System.in, System.out, new ScoreLines(scorer, spec.vocabulary(), spec.context(), tokenizer::get));
    }

    /** The directory's tokenizer, loaded at the first text: rows of ids need none. */
    private static final class Tokenizer implements AutoCloseable {

        private final ModelDirectory directory;
        private @Nullable TextTokenizer loaded;

        Tokenizer(ModelDirectory directory) {
            this.directory = directory;
        }

        TextTokenizer get() {
            TextTokenizer tokenizer = loaded;
            if (tokenizer == null) {
                tokenizer = directory.tokenizer();
                loaded = tokenizer;
            }
            return tokenizer;
        }

        @Override
        public void close() {
            if (loaded != null) {
                loaded.close();
            }
        }
    }
}
