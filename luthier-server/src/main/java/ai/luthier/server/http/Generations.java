package ai.luthier.server.http;

import ai.luthier.api.LuthierException;
import ai.luthier.api.wire.StreamUsage;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.http.request.Decoding;
import ai.luthier.server.serving.ServedModel;
import io.javalin.http.Context;
import java.time.Clock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * What every request to a model goes through, whatever its form: the gate, the model, the answer as a whole or as a stream, the bill.
 *
 * <p>What was written is on the bill before the last byte is sent, and also when the client did not stay for it or the server went
 * down. Safe for any thread.
 */
final class Generations {

    private final Backend backend;
    private final GenerationGate gate;
    private final Clock clock;

    Generations(Backend backend, GenerationGate gate, Clock clock) {
        this.backend = backend;
        this.gate = gate;
        this.clock = clock;
    }

    /**
     * Answers one request.
     *
     * @param name of the model, as the client gave it
     * @param prefix of the answer's id
     * @param form makes the endpoint's reply once the model is open, or refuses the request
     */
    void serve(Context context, String name, Decoding decoding, String prefix, Function<Exchange, Reply> form) {
        Caller caller = Authentication.caller(context);
        gate.enter();
        try (ServedModel model = backend.host().open(caller, name);
                ClientWatch watch = new ClientWatch(context)) {
            EventStream events = new EventStream(context);
            BooleanSupplier gone = () -> !events.open() || watch.gone();
            Exchange exchange = new Exchange(
                    prefix + RequestId.random(12),
                    clock.instant().getEpochSecond(),
                    model,
                    decoding,
                    new Asking(model, decoding, () -> gate.cut() || gone.getAsBoolean()),
                    gone);
            Reply reply = form.apply(exchange);
            Runnable bill = once(() -> backend.ledger().record(caller, model.id(), exchange.id(), reply.usage()));
            try {
                if (decoding.stream()) {
                    stream(exchange, reply, events, bill);
                } else {
                    Object answer = reply.whole();
                    bill.run();
                    Answers.jsonNow(context, answer);
                }
            } finally {
                if (exchange.written() > 0) {
                    bill.run();
                }
            }
        } finally {
            gate.leave();
        }
    }

    private static void stream(Exchange exchange, Reply reply, EventStream events, Runnable bill) {
        try {
            for (int index = 0; index < reply.size(); index++) {
                reply.stream(index, events);
            }
            bill.run();
            if (exchange.pendingUsage() != null) {
                events.send(reply.usageEvent(new StreamUsage(reply.usage())));
            }
            events.done();
        } catch (ClientGone gone) {
            throw gone;
        } catch (LuthierException e) {
            events.fail(e);
        } catch (RuntimeException e) {
            events.fail(Errors.unexpected(e));
        }
    }

    private static Runnable once(Runnable action) {
        boolean[] done = new boolean[1];
        return () -> {
            if (!done[0]) {
                done[0] = true;
                action.run();
            }
        };
    }
}
