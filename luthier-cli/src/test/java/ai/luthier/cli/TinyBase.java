package ai.luthier.cli;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.text.bpe.BpeTrainer;
import ai.luthier.text.bpe.BpeVocabulary;
import ai.luthier.text.bpe.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A base with random weights and one token for each byte: it knows nothing, and trains at once. */
final class TinyBase {

    private TinyBase() {}

    /** @param context longest row, in tokens */
    static Path write(Path directory, int context) throws IOException {
        BpeVocabulary bytes = new BpeTrainer(257, List.of("<|endoftext|>")).train();
        Files.createDirectories(directory);
        TokenizerFiles.write(directory, bytes, "<|endoftext|>", context, "");
        try (DecoderWeights weights =
                DecoderWeights.random(DecoderSpec.llama(bytes.size(), 64, 128, 1, 2, 1, context), Dtype.BF16, 0.1, 1)) {
            ModelDirectory.write(directory, weights, Map.of("eos_token_id", 0));
        }
        return directory;
    }
}
