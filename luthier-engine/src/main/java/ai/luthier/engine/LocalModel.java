package ai.luthier.engine;

import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.generate.AdapterHandle;
import ai.luthier.engine.generate.GenerationRequest;
import ai.luthier.engine.generate.Generator;
import ai.luthier.engine.generate.Sampling;
import ai.luthier.engine.generate.TokenListener;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.text.chat.Conversation;
import ai.luthier.text.tokens.ExampleEncoder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A chat model in this process, for programs that use the engine as a library: words in, words out. Whoever wants tokens,
 * probabilities or several tuned models over one base uses {@link Generator} itself.
 *
 * <p>Computes in bf16. Safe for any thread.
 */
public final class LocalModel implements AutoCloseable {

    private static final int LONGEST_ANSWER = 512;

    private final Generator generator;
    private final ExampleEncoder encoder;
    private final Optional<AdapterHandle> adapter;
    private final Set<Integer> stopIds;

    private LocalModel(
            Generator generator, ExampleEncoder encoder, Optional<AdapterHandle> adapter, Set<Integer> stopIds) {
        this.generator = generator;
        this.encoder = encoder;
        this.adapter = adapter;
        this.stopIds = stopIds;
    }

    /** The base model of a directory in Hugging Face layout; {@link UserError} where this engine does not compute it. */
    public static LocalModel load(Path base) {
        return load(base, Optional.empty());
    }

    /** The base with a tuned adapter, a PEFT directory, upon it. */
    public static LocalModel load(Path base, Path adapter) {
        return load(base, Optional.of(adapter));
    }

    private static LocalModel load(Path base, Optional<Path> adapter) {
        ModelDirectory model = ModelDirectory.open(base);
        ExampleEncoder encoder = ExampleEncoder.load(base, Optional.empty());
        Set<Integer> stopIds = new HashSet<>(model.stopIds());
        encoder.endOfTurn().ifPresent(stopIds::add);
        try {
            Generator generator = Generator.load(model, Dtype.BF16);
            try {
                return new LocalModel(generator, encoder, adapter.map(generator::attach), stopIds);
            } catch (RuntimeException failed) {
                generator.close();
                throw failed;
            }
        } catch (RuntimeException failed) {
            encoder.close();
            throw failed;
        }
    }

    /** The likeliest answer to one message of a user. */
    public String answer(String message) {
        return answer(Conversation.of(List.of(Map.of("role", "user", "content", message))), Sampling.greedy());
    }

    /** An answer to a conversation, at most {@value #LONGEST_ANSWER} tokens. */
    public String answer(Conversation conversation, Sampling sampling) {
        GenerationRequest request =
                GenerationRequest.of(encoder.prompt(conversation), LONGEST_ANSWER, sampling, stopIds);
        return generator
                .generate(adapter.map(request::with).orElse(request), TokenListener.NONE)
                .text();
    }

    @Override
    public void close() {
        adapter.ifPresent(generator::detach);
        generator.close();
        encoder.close();
    }
}
