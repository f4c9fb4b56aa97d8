package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.LuthierException;
import ai.luthier.api.UserError;
import ai.luthier.api.wire.Completion;
import ai.luthier.api.wire.StreamUsage;
import ai.luthier.api.wire.Usage;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.http.request.CompletionRequest;
import ai.luthier.server.http.request.CompletionRequest.Prompt;
import ai.luthier.server.http.request.CompletionRequestReader;
import ai.luthier.server.http.request.Decoding;
import ai.luthier.server.serving.Answer;
import ai.luthier.server.serving.Ask;
import ai.luthier.server.serving.ServedModel;
import ai.luthier.server.serving.ServedModel.PieceListener;
import io.javalin.http.Context;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/completions}: the legacy endpoint, which continues text. */
final class CompletionRoutes {

    private final Backend backend;
    private final Bodies bodies;
    private final GenerationGate gate;
    private final Clock clock;

    CompletionRoutes(Backend backend, Bodies bodies, GenerationGate gate, Clock clock) {
        this.backend = backend;
        this.bodies = bodies;
        this.gate = gate;
        this.clock = clock;
    }

    void create(Context context) {
        CompletionRequest request = CompletionRequestReader.read(bodies.json(context));
        Caller caller = Authentication.caller(context);
        gate.enter();
        try (ServedModel model = backend.host().open(caller, request.model())) {
            EventStream events = new EventStream(context);
            Asking asking = new Asking(model, request.decoding(), () -> gate.cut() || !events.open());
            List<Encoded> prompts = encode(model, request.prompts());
            prompts.forEach(prompt -> asking.check(prompt.ids(), "prompt"));
            Exchange exchange = new Exchange(
                    "cmpl-" + RequestId.random(12),
                    clock.instant().getEpochSecond(),
                    model,
                    request.decoding(),
                    asking,
                    prompts,
                    new Tally());
            Runnable bill = () -> backend.ledger().record(caller, model.id(), exchange.id(), exchange.usage());
            if (request.decoding().stream()) {
                stream(exchange, events, bill);
            } else {
                answer(exchange, context, bill);
            }
        } finally {
            gate.leave();
        }
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

    private static void answer(Exchange exchange, Context context, Runnable bill) {
        Completion answer = whole(exchange);
        bill.run();
        Answers.jsonNow(context, answer);
    }

    private static Completion whole(Exchange exchange) {
        List<Completion.Choice> choices = new ArrayList<>();
        for (int index = 0; index < exchange.size(); index++) {
            Answer answer = exchange.answer(index, (text, scores) -> {});
            choices.add(new Completion.Choice(
                    answer.text(),
                    index,
                    Logprobs.legacy(
                            exchange.scored(),
                            answer.scores(),
                            exchange.prompt(index).length()),
                    Asking.finishReason(answer.finish())));
        }
        return exchange.completion(choices, new StreamUsage(exchange.usage()));
    }

    /** What was written is on the bill before the last byte is sent, and also when the client did not stay for it. */
    private static void stream(Exchange exchange, EventStream events, Runnable bill) {
        try {
            for (int index = 0; index < exchange.size(); index++) {
                streamChoice(exchange, events, index);
            }
            bill.run();
            if (exchange.decoding().includeUsage()) {
                events.send(exchange.completion(List.of(), new StreamUsage(exchange.usage())));
            }
            events.done();
        } catch (LuthierException e) {
            events.fail(e);
        } catch (RuntimeException e) {
            events.fail(Errors.unexpected(e));
        }
    }

    private static void streamChoice(Exchange exchange, EventStream events, int index) {
        int[] offset = {exchange.prompt(index).length()};
        Answer answer = exchange.answer(index, (text, scores) -> {
            var logprobs = Logprobs.legacy(exchange.scored(), scores, offset[0]);
            offset[0] += Logprobs.length(text);
            events.send(exchange.completion(
                    List.of(new Completion.Choice(text, index, logprobs, null)), exchange.pendingUsage()));
        });
        if (events.open()) {
            var last = new Completion.Choice("", index, null, Asking.finishReason(answer.finish()));
            events.send(exchange.completion(List.of(last), exchange.pendingUsage()));
        }
    }

    /**
     * A prompt as token ids.
     *
     * @param length of its text in characters; 0 for a prompt that came as ids
     */
    @SuppressWarnings("ArrayRecordComponent") // Lives for one request and is never compared.
    private record Encoded(int[] ids, int length) {}

    /** Tokens written so far, over all choices. */
    private static final class Tally {
        private int written;
    }

    /** What all answers and events of one request share; choice {@code index} belongs to prompt {@code index / n}. */
    private record Exchange(
            String id,
            long created,
            ServedModel model,
            Decoding decoding,
            Asking asking,
            List<Encoded> prompts,
            Tally tally) {

        int size() {
            return prompts.size() * decoding.choices();
        }

        Encoded prompt(int index) {
            return prompts.get(index / decoding.choices());
        }

        boolean scored() {
            return decoding.topLogprobs() >= 0;
        }

        Answer answer(int index, PieceListener listener) {
            Ask ask = asking.ask(prompt(index).ids(), index);
            if (ask.maxTokens() == 0) {
                return new Answer("", 0, Answer.Finish.LENGTH, List.of());
            }
            Answer answer = model.answer(ask, listener);
            tally.written += answer.tokens();
            return answer;
        }

        /** Each prompt counts once, however many choices it has. */
        Usage usage() {
            return new Usage(
                    prompts.stream().mapToInt(prompt -> prompt.ids().length).sum(), tally.written);
        }

        @Nullable
        StreamUsage pendingUsage() {
            return decoding.includeUsage() ? StreamUsage.PENDING : null;
        }

        Completion completion(List<Completion.Choice> choices, @Nullable StreamUsage usage) {
            return new Completion(id, created, model.id(), choices, usage, Asking.fingerprint(model));
        }
    }
}
