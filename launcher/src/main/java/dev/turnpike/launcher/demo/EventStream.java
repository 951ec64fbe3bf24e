package dev.turnpike.launcher.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.function.Consumer;

/** Reads the lines of a streamed completion. Used by one thread at a time. */
final class EventStream implements Subscriber<String> {
    /** Lines read of one stream; a longer one does not end and times out. */
    static final int LINES_MAX = 100_000;

    private static final String DATA = "data:";

    private final Consumer<String> onPiece;
    private final StringBuilder text = new StringBuilder();
    private Optional<JsonNode> usage = Optional.empty();
    private int pieces;
    private boolean done;

    /**
     * @param onPiece receives each piece of text as it comes
     */
    EventStream(Consumer<String> onPiece) {
        this.onPiece = onPiece;
    }

    /** This, once the stream has ended. */
    EventStream whole() {
        return this;
    }

    String text() {
        return text.toString();
    }

    /** OpenAI's usage object, if one came. */
    Optional<JsonNode> usage() {
        return usage;
    }

    /** Events that carried text. */
    int pieces() {
        return pieces;
    }

    /** Whether the stream said that it is whole. */
    boolean done() {
        return done;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(LINES_MAX);
    }

    @Override
    public void onNext(String line) {
        if (!line.startsWith(DATA)) {
            return;
        }
        var data = line.substring(DATA.length()).strip();
        if (data.equals("[DONE]")) {
            done = true;
            return;
        }
        var chunk = Json.parse(data.getBytes(StandardCharsets.UTF_8));
        var piece = chunk.path("choices").path(0).path("delta").path("content").asText("");
        if (!piece.isEmpty()) {
            pieces++;
            text.append(piece);
            onPiece.accept(piece);
        }
        if (chunk.path("usage").isObject()) {
            usage = Optional.of(chunk.path("usage"));
        }
    }

    @Override
    public void onError(Throwable e) {
        // The exchange itself fails with the same cause.
    }

    @Override
    public void onComplete() {
        // The exchange returns.
    }
}
