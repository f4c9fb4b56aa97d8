package ai.luthier.text.tokens;

import ai.luthier.text.bpe.BpeTrainer;
import ai.luthier.text.bpe.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A byte-level tokenizer for tests, trained on the spot. */
final class SmallTokenizer {

    static final List<String> SPECIAL =
            List.of("<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|end|>");

    private SmallTokenizer() {}

    static HuggingFaceTokenizer in(Path directory) throws IOException {
        BpeTrainer trainer = new BpeTrainer(320, SPECIAL);
        trainer.count("Once upon a time there was a little dog. The dog said: hello, hello! once upon a time\n\n\n");
        TokenizerFiles.write(directory, trainer.train(), SPECIAL.getFirst(), 256, "{{ messages }}");
        return HuggingFaceTokenizer.load(directory);
    }
}
