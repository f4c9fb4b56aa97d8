package ai.luthier.server.serving;

import ai.luthier.engine.generate.Generation;
import ai.luthier.engine.generate.GenerationRequest;
import ai.luthier.engine.generate.Sampling;
import ai.luthier.engine.generate.TokenLogprob;
import ai.luthier.text.chat.Conversation;
import ai.luthier.text.tokens.ExampleEncoder;
import ai.luthier.text.tokens.TextTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A base, or an adapter on it, for one request. Used by that request's thread. */
final class EngineModel implements ServedModel {

    private final String id;
    private final LoadedBase base;
    private final ExampleEncoder encoder;
    private final Optional<LoadedBase.Attached> adapter;
    private boolean closed;

    EngineModel(String id, LoadedBase base, ExampleEncoder encoder, Optional<LoadedBase.Attached> adapter) {
        this.id = id;
        this.base = base;
        this.encoder = encoder;
        this.adapter = adapter;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int contextLength() {
        return base.generator().spec().context();
    }

    @Override
    public int vocabularySize() {
        return base.generator().spec().vocabulary();
    }

    @Override
    public boolean chats() {
        return encoder.chats();
    }

    @Override
    public int[] chatPrompt(Conversation conversation) {
        return encoder.prompt(conversation);
    }

    @Override
    public int[] textPrompt(String text) {
        return encoder.prompt(text);
    }

    @Override
    public Answer answer(Ask ask, PieceListener listener) {
        GenerationRequest request = new GenerationRequest(
                ask.prompt(),
                adapter.map(LoadedBase.Attached::handle),
                new Sampling(
                        ask.temperature(),
                        ask.topP(),
                        ask.seed(),
                        ask.logitBias(),
                        ask.presencePenalty(),
                        ask.frequencyPenalty()),
                ask.maxTokens(),
                ask.stop(),
                stopIds(),
                ask.topLogprobs(),
                ask.cancelled());
        Generation generation =
                base.generator().generate(request, piece -> listener.piece(piece.text(), scores(piece.logprobs())));
        int ending = generation.finish() == Generation.Finish.STOP ? 1 : 0;
        return new Answer(
                generation.text(),
                generation.ids().size() + ending,
                finish(generation.finish()),
                scores(generation.logprobs()));
    }

    /** What the model's configuration names, and what its template ends a turn with. */
    private Set<Integer> stopIds() {
        Set<Integer> ids = new TreeSet<>(base.stopIds());
        encoder.endOfTurn().ifPresent(ids::add);
        return ids;
    }

    private static Answer.Finish finish(Generation.Finish finish) {
        return switch (finish) {
            case STOP -> Answer.Finish.STOP;
            case LENGTH -> Answer.Finish.LENGTH;
            case CANCELLED -> Answer.Finish.CANCELLED;
        };
    }

    private List<TokenScore> scores(List<TokenLogprob> logprobs) {
        return logprobs.stream()
                .map(one -> score(
                        one.id(),
                        one.logprob(),
                        one.top().stream()
                                .map(other -> score(other.id(), other.logprob(), List.of()))
                                .toList()))
                .toList();
    }

    private TokenScore score(int token, double logprob, List<TokenScore> alternatives) {
        TextTokenizer tokenizer = encoder.tokenizer();
        byte[] bytes = tokenizer.bytes(token);
        if (bytes.length == 0) {
            bytes = tokenizer.token(token).getBytes(StandardCharsets.UTF_8);
        }
        List<Integer> numbers = new ArrayList<>();
        for (byte value : bytes) {
            numbers.add(value & 0xFF);
        }
        return new TokenScore(new String(bytes, StandardCharsets.UTF_8), numbers, logprob, alternatives);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            adapter.ifPresent(base::release);
        }
    }
}
