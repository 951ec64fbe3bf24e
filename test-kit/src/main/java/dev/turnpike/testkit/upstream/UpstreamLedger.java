package dev.turnpike.testkit.upstream;

import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.http.Played;
import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.http.ScriptServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the upstream received and served, by its own account. Thread-safe. Everything is kept, so it
 * is for tests of up to some hundred thousand requests.
 */
public final class UpstreamLedger implements ScriptServer.Listener {
    private final List<Exchange> exchanges = new ArrayList<>();
    private final List<Long> arrivals = new ArrayList<>();
    private final OutputStream lines;

    /**
     * @param lines where each ended request is written at once, one line each
     */
    UpstreamLedger(OutputStream lines) {
        this.lines = lines;
    }

    /** Every request so far, in order of arrival. */
    public synchronized List<Exchange> requests() {
        return List.copyOf(exchanges);
    }

    /**
     * The requests that were served whole, as far as is known: the last one may still be missing
     * when its client has read all of it; see {@link #awaitEnded}.
     */
    public List<Exchange> served() {
        return requests().stream().filter(Exchange::servedWhole).toList();
    }

    /**
     * Waits until {@code count} requests have arrived and returns all that have.
     *
     * @throws AssertionError if time runs out first
     */
    public List<Exchange> awaitRequests(int count, Duration patience) {
        return Eventually.await(
                patience,
                count + " requests at the upstream",
                this::requests,
                all -> all.size() >= count);
    }

    /**
     * Waits until {@code count} requests have ended, whichever way, and returns those. A client may
     * hold the last byte of an answer a moment before its exchange has ended here.
     *
     * @throws AssertionError if time runs out first
     */
    public List<Exchange> awaitEnded(int count, Duration patience) {
        return Eventually.await(
                patience, count + " answers ended", this::ended, all -> all.size() >= count);
    }

    @Override
    public synchronized int arrived(ReceivedRequest request, String script) {
        int number = exchanges.size();
        exchanges.add(new Exchange(number, request, script, Optional.empty(), Duration.ZERO));
        arrivals.add(System.nanoTime());
        return number;
    }

    @Override
    public synchronized void ended(int number, Played played) {
        var before = exchanges.get(number);
        var took = Duration.ofNanos(System.nanoTime() - arrivals.get(number));
        var after =
                new Exchange(number, before.request(), before.script(), Optional.of(played), took);
        exchanges.set(number, after);
        try {
            lines.write(after.line().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("ledger file", e);
        }
    }

    private List<Exchange> ended() {
        return requests().stream().filter(exchange -> exchange.played().isPresent()).toList();
    }
}
