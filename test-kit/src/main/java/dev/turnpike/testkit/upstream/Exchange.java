package dev.turnpike.testkit.upstream;

import dev.turnpike.testkit.http.Played;
import dev.turnpike.testkit.http.Played.Ending;
import dev.turnpike.testkit.http.ReceivedRequest;
import java.time.Duration;
import java.util.Optional;

/**
 * One request in the upstream's ledger.
 *
 * @param number order of arrival, from 0
 * @param script name of the script that answered it
 * @param played how far the answer came; empty while it is running
 * @param took from arrival to the end of the answer, or to the moment the peer was found gone; zero
 *     while it is running
 */
public record Exchange(
        int number,
        ReceivedRequest request,
        String script,
        Optional<Played> played,
        Duration took) {
    private static final String REQUEST_ID = "x-request-id";

    /** The id the gateway sent along, if it did. */
    public Optional<String> requestId() {
        return request.header(REQUEST_ID);
    }

    public boolean endedBy(Ending ending) {
        return played.filter(result -> result.ending() == ending).isPresent();
    }

    public boolean servedWhole() {
        return endedBy(Ending.WHOLE);
    }

    /** Tokens generated, whether or not the peer stayed to read them; 0 while running. */
    public int tokens() {
        return played.map(Played::tokens).orElse(0);
    }

    /** One line of JSON for a ledger file; see {@link LedgerLine}. */
    String line() {
        return """
        {"number":%d,"requestId":%s,"model":%s,"script":%s,"ending":"%s","tokens":%d,"bytes":%d,\
        "millis":%d}
        """
                .formatted(
                        number,
                        Quoted.json(requestId().orElse("")),
                        Quoted.json(request.json().path("model").asText("")),
                        Quoted.json(script),
                        played.map(result -> result.ending().name()).orElse("RUNNING"),
                        tokens(),
                        played.map(Played::bytes).orElse(0L),
                        took.toMillis());
    }
}
