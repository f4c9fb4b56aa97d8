package ai.luthier.engine.train;

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

/** A random model with one token for each byte, so that lengths can be read off texts; id 0 ends a text. It has no template. */
final class ByteModel {

    private ByteModel() {}

    static Path write(Path directory, int context) throws IOException {
        BpeVocabulary bytes = new BpeTrainer(257, List.of("<|endoftext|>")).train();
        Files.createDirectory(directory);
        TokenizerFiles.write(directory, bytes, "<|endoftext|>", context, "");
        try (DecoderWeights weights =
                DecoderWeights.random(DecoderSpec.llama(bytes.size(), 32, 48, 1, 2, 2, context), Dtype.FP32, 0.1, 1)) {
            ModelDirectory.write(directory, weights, Map.of("eos_token_id", 0));
        }
        return directory;
    }
}
