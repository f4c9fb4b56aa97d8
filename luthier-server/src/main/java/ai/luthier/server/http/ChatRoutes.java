package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.LuthierException;
import ai.luthier.api.UserError;
import ai.luthier.api.wire.ChatCompletion;
import ai.luthier.api.wire.ChatCompletionChunk;
import ai.luthier.api.wire.ChatCompletionChunk.Delta;
import ai.luthier.api.wire.StreamUsage;
import ai.luthier.api.wire.Usage;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.http.request.ChatRequest;
import ai.luthier.server.http.request.ChatRequestReader;
import ai.luthier.server.http.request.Decoding;
import ai.luthier.server.serving.Answer;
import ai.luthier.server.serving.ServedModel;
import io.javalin.http.Context;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/chat/completions}. */
final class ChatRoutes {

    private final Backend backend;
    private final Bodies bodies;
    private final GenerationGate gate;
    private final Clock clock;

    ChatRoutes(Backend backend, Bodies bodies, GenerationGate gate, Clock clock) {
        this.backend = backend;
        this.bodies = bodies;
        this.gate = gate;
        this.clock = clock;
    }

    void create(Context context) {
        ChatRequest request = ChatRequestReader.read(bodies.json(context));
        Caller caller = Authentication.caller(context);
        gate.enter();
        try (ServedModel model = backend.host().open(caller, request.model())) {
            if (!model.chats()) {
                throw new UserError(
                        ErrorCode.NOT_A_CHAT_MODEL,
                        "model",
                        "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you"
                                + " mean to use v1/completions?");
            }
            EventStream events = new EventStream(context);
            Asking asking = new Asking(model, request.decoding(), () -> gate.cut() || !events.open());
            int[] prompt = model.chatPrompt(request.conversation());
            asking.check(prompt, "messages");
            Exchange exchange = new Exchange(
                    "chatcmpl-" + RequestId.random(12),
                    clock.instant().getEpochSecond(),
                    model,
                    request.decoding(),
                    asking,
                    prompt,
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

    private static void answer(Exchange exchange, Context context, Runnable bill) {
        ChatCompletion answer = whole(exchange);
        bill.run();
        Answers.jsonNow(context, answer);
    }

    private static ChatCompletion whole(Exchange exchange) {
        List<ChatCompletion.Choice> choices = new ArrayList<>();
        for (int i = 0; i < exchange.decoding().choices(); i++) {
            Answer answer = exchange.model().answer(exchange.asking().ask(exchange.prompt(), i), (text, scores) -> {});
            exchange.tally().written += answer.tokens();
            choices.add(new ChatCompletion.Choice(
                    i,
                    new ChatCompletion.Message(answer.text(), null),
                    Logprobs.chat(exchange.scored(), answer.scores()),
                    Asking.finishReason(answer.finish())));
        }
        return new ChatCompletion(
                exchange.id(),
                exchange.created(),
                exchange.model().id(),
                choices,
                exchange.usage(),
                Asking.fingerprint(exchange.model()));
    }

    /** What was written is on the bill before the last byte is sent, and also when the client did not stay for it. */
    private static void stream(Exchange exchange, EventStream events, Runnable bill) {
        try {
            for (int i = 0; i < exchange.decoding().choices(); i++) {
                streamChoice(exchange, events, i);
            }
            bill.run();
            if (exchange.decoding().includeUsage()) {
                events.send(exchange.chunk(List.of(), new StreamUsage(exchange.usage())));
            }
            events.done();
        } catch (LuthierException e) {
            events.fail(e);
        } catch (RuntimeException e) {
            events.fail(Errors.unexpected(e));
        }
    }

    private static void streamChoice(Exchange exchange, EventStream events, int index) {
        events.send(exchange.event(index, Delta.OPENING, null));
        Answer answer = exchange.model().answer(exchange.asking().ask(exchange.prompt(), index), (text, scores) -> {
            var choice = new ChatCompletionChunk.Choice(
                    index, Delta.content(text), Logprobs.chat(exchange.scored(), scores), null);
            events.send(exchange.chunk(List.of(choice), exchange.pendingUsage()));
        });
        exchange.tally().written += answer.tokens();
        if (events.open()) {
            events.send(exchange.event(index, Delta.NOTHING, Asking.finishReason(answer.finish())));
        }
    }

    /** Tokens written so far, over all choices. */
    private static final class Tally {
        private int written;
    }

    /** What all answers and events of one request share. */
    @SuppressWarnings("ArrayRecordComponent") // Lives for one request and is never compared.
    private record Exchange(
            String id, long created, ServedModel model, Decoding decoding, Asking asking, int[] prompt, Tally tally) {

        boolean scored() {
            return decoding.topLogprobs() >= 0;
        }

        Usage usage() {
            return new Usage(prompt.length, tally.written);
        }

        @Nullable
        StreamUsage pendingUsage() {
            return decoding.includeUsage() ? StreamUsage.PENDING : null;
        }

        ChatCompletionChunk event(int index, Delta delta, @Nullable String finishReason) {
            return chunk(List.of(new ChatCompletionChunk.Choice(index, delta, null, finishReason)), pendingUsage());
        }

        ChatCompletionChunk chunk(List<ChatCompletionChunk.Choice> choices, @Nullable StreamUsage usage) {
            return new ChatCompletionChunk(id, created, model.id(), choices, usage, Asking.fingerprint(model));
        }
    }
}
