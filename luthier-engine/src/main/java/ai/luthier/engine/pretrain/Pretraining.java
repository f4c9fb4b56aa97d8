package ai.luthier.engine.pretrain;

import ai.luthier.engine.checkpoint.AtomicFile;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.text.bpe.BpeVocabulary;
import ai.luthier.text.bpe.TokenizerFiles;
import ai.luthier.text.corpus.PretrainCorpus;
import ai.luthier.text.corpus.SequenceEncoder;
import ai.luthier.text.corpus.StoryFile;
import ai.luthier.text.corpus.TokenRows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.json.JsonMapper;

/**
 * From story files to a model directory: the corpus is shaped and encoded once, then trained on until told to stop, as often as
 * one likes; a finishing call writes the model.
 *
 * <pre>
 * folder/corpus/                   tokenizer, train.rows, validation.rows; made by the first call
 * folder/checkpoint.safetensors    where the constant part of the schedule stands
 * folder/model/                    what the last finishing call made, ready for {@code models add}
 * </pre>
 */
public final class Pretraining {

    /**
     * One call.
     *
     * @param stories JSON lines, see {@link StoryFile}; not read again once the corpus is made
     * @param chatTemplate Jinja source to put beside the tokenizer
     * @param folder of the run; created
     * @param threads of libtorch
     * @param saveEvery time between checkpoints
     * @param finishTokens 0 to train on; else the learning rate falls to zero over this many tokens and the model is written
     */
    public record Request(
            List<Path> stories,
            PretrainRecipe recipe,
            String chatTemplate,
            Path folder,
            int threads,
            Duration saveEvery,
            long finishTokens) {

        public Request {
            stories = List.copyOf(stories);
        }

        /** The same, but ending after so many tokens. */
        public Request finishing(long tokens) {
            return new Request(stories, recipe, chatTemplate, folder, threads, saveEvery, tokens);
        }
    }

    private static final int VALIDATE_EVERY_STEPS = 100;

    private Pretraining() {}

    /** Trains until {@code stop} says so or the finish is reached. */
    public static void run(Request request, BooleanSupplier stop, Consumer<PretrainEvent> events) throws IOException {
        Path corpus = request.folder().resolve("corpus");
        if (!Files.exists(corpus.resolve("validation.rows"))) {
            prepare(request, corpus, events);
        }
        BpeVocabulary vocabulary = TokenizerFiles.read(corpus);
        TokenRows training = TokenRows.read(corpus.resolve("train.rows"));
        TokenRows validation = TokenRows.read(corpus.resolve("validation.rows"));
        Torch.threads(request.threads());
        try (var run = new PretrainRun(request.recipe(), vocabulary, training, validation, request.folder())) {
            var pace = new PretrainRun.Pace(request.finishTokens(), request.saveEvery(), VALIDATE_EVERY_STEPS);
            if (run.run(pace, stop, events)) {
                writeModel(request, vocabulary, run.weights());
            }
        }
    }

    /** Shapes, learns the vocabulary, encodes. The file that is written last says that all are there. */
    private static void prepare(Request request, Path folder, Consumer<PretrainEvent> events) throws IOException {
        PretrainRecipe recipe = request.recipe();
        var corpus = PretrainCorpus.shape(StoryFile.read(request.stories()), recipe.heldOut(), recipe.seed());
        BpeVocabulary vocabulary = SequenceEncoder.learnVocabulary(corpus.training(), recipe.vocabulary());
        writeTokenizer(request, vocabulary, folder);
        var encoder = new SequenceEncoder(vocabulary);
        TokenRows training = encoder.encode(corpus.training());
        training.write(folder.resolve("train.rows"));
        encoder.encode(corpus.validation()).write(folder.resolve("validation.rows"));
        events.accept(new PretrainEvent.Prepared(
                training.rows().size(), training.tokens(), corpus.validation().size(), corpus.duplicates()));
    }

    private static void writeModel(Request request, BpeVocabulary vocabulary, DecoderWeights weights)
            throws IOException {
        Path folder = request.folder().resolve("model");
        writeTokenizer(request, vocabulary, folder);
        int text = vocabulary.special(SequenceEncoder.TEXT);
        List<Integer> ends = List.of(vocabulary.special(SequenceEncoder.END), text);
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("bos_token_id", text);
        ids.put("eos_token_id", ends);
        ids.put("pad_token_id", text);
        try (DecoderWeights published = weights.map(weight -> weight.to(ScalarType.BFloat16))) {
            ModelDirectory.write(folder, published, ids);
        }
        String generation = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(ids);
        AtomicFile.write(folder.resolve("generation_config.json"), generation.getBytes(StandardCharsets.UTF_8));
    }

    private static void writeTokenizer(Request request, BpeVocabulary vocabulary, Path folder) throws IOException {
        TokenizerFiles.write(
                folder, vocabulary, SequenceEncoder.TEXT, request.recipe().context(), request.chatTemplate());
    }
}
