package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.wire.Completion;
import ai.luthier.api.wire.StreamUsage;
import ai.luthier.api.wire.Usage;
import ai.luthier.server.http.request.CompletionRequest;
import ai.luthier.server.http.request.CompletionRequest.Prompt;
import ai.luthier.server.http.request.CompletionRequestReader;
import ai.luthier.server.serving.Answer;
import ai.luthier.server.serving.ServedModel;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/completions}: the legacy endpoint, which continues text. */
final class CompletionRoutes {

    private final Generations generations;
    private final Bodies bodies;

    CompletionRoutes(Generations generations, Bodies bodies) {
        this.generations = generations;
        this.bodies = bodies;
    }

    void create(Context context) {
        CompletionRequest request = CompletionRequestReader.read(bodies.json(context));
        generations.serve(context, request.model(), request.decoding(), "cmpl-", exchange -> reply(exchange, request));
    }

    private static Reply reply(Exchange exchange, CompletionRequest request) {
        List<Encoded> prompts = encode(exchange.model(), request.prompts());
        prompts.forEach(prompt -> exchange.check(prompt.ids(), "prompt"));
        return new CompletionReply(exchange, prompts);
    }

    private static List<Encoded> encode(ServedModel model, List<Prompt> prompts) {
        List<Encoded> encoded = new ArrayList<>();
        for (Prompt prompt : prompts) {
            encoded.add(
                    switch (prompt) {
                        case Prompt.Text(String text) -> new Encoded(model.textPrompt(text), Logprobs.length(text));
                        case Prompt.Tokens(int[] ids) -> new Encoded(inVocabulary(ids, model), 0);
                    });
        }
        return encoded;
    }

    private static int[] inVocabulary(int[] ids, ServedModel model) {
        for (int id : ids) {
            if (id >= model.vocabularySize()) {
                throw new UserError(
                        ErrorCode.INVALID_VALUE,
                        "prompt",
                        "Invalid token id " + id + " in 'prompt': this model has the ids 0 to "
                                + (model.vocabularySize() - 1) + ".");
            }
        }
        return ids;
    }

    /**
     * A prompt as token ids.
     *
     * @param length of its text in characters; 0 for a prompt that came as ids
     */
    @SuppressWarnings("ArrayRecordComponent") // Lives for one request and is never compared.
    private record Encoded(int[] ids, int length) {}

    /** Answer {@code index} belongs to prompt {@code index / n}. */
    private record CompletionReply(Exchange exchange, List<Encoded> prompts) implements Reply {

        private Encoded prompt(int index) {
            return prompts.get(index / exchange.choices());
        }

        /** Each prompt counts once, however many answers it has. */
        @Override
        public Usage usage() {
            return new Usage(
                    prompts.stream().mapToInt(prompt -> prompt.ids().length).sum(), exchange.written());
        }

        @Override
        public int size() {
            return prompts.size() * exchange.choices();
        }

        @Override
        public Object whole() {
            List<Completion.Choice> choices = new ArrayList<>();
            for (int index = 0; index < size(); index++) {
                Encoded prompt = prompt(index);
                Answer answer = exchange.answer(prompt.ids(), index, (text, scores) -> {});
                choices.add(new Completion.Choice(
                        answer.text(),
                        index,
                        Logprobs.legacy(exchange.scored(), answer.scores(), prompt.length()),
                        Asking.finishReason(answer.finish())));
            }
            return completion(choices, new StreamUsage(usage()));
        }

        @Override
        public void stream(int index, EventStream events) {
            Encoded prompt = prompt(index);
            int[] offset = {prompt.length()};
            Answer answer = exchange.answer(prompt.ids(), index, (text, scores) -> {
                var logprobs = Logprobs.legacy(exchange.scored(), scores, offset[0]);
                offset[0] += Logprobs.length(text);
                events.send(completion(
                        List.of(new Completion.Choice(text, index, logprobs, null)), exchange.pendingUsage()));
            });
            var last = new Completion.Choice("", index, null, Asking.finishReason(answer.finish()));
            events.send(completion(List.of(last), exchange.pendingUsage()));
        }

        @Override
        public Object usageEvent(StreamUsage usage) {
            return completion(List.of(), usage);
        }

        private Completion completion(List<Completion.Choice> choices, @Nullable StreamUsage usage) {
            return new Completion(
                    exchange.id(), exchange.created(), exchange.model().id(), choices, usage, exchange.fingerprint());
        }
    }
}
