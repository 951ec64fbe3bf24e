package dev.turnpike.edge.wire;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What all relays of event streams share: taking events out of bytes, noting the first text and the
 * first failure. What an event means, and what a client gets of it, is the business of each.
 */
public abstract class SseRelay implements StreamRelay {
    protected final SseReader events;
    private final LongSupplier nanoTime;
    private @Nullable StreamFailure failure;
    private boolean done;
    private long firstTokenAt;
    private boolean firstTokenSeen;

    /**
     * @param nanoTime like {@link System#nanoTime}
     */
    protected SseRelay(LongSupplier nanoTime, int eventBytesMax) {
        this.nanoTime = nanoTime;
        this.events = new SseReader(eventBytesMax);
    }

    /** Takes the event that {@link #events} is at. */
    protected abstract void event(RelaySink sink) throws IOException;

    @Override
    public final int room() {
        int room = events.room();
        if (room == 0) {
            fail(new StreamFailure.TooLarge());
        }
        return room;
    }

    @Override
    public final byte[] array() {
        return events.array();
    }

    @Override
    public final int offset() {
        return events.offset();
    }

    @Override
    public final boolean relay(int count, RelaySink sink) throws IOException {
        events.received(count);
        while (!over() && events.next()) {
            event(sink);
        }
        return !over();
    }

    @Override
    public final void takeRest() {
        try {
            relay(0, (bytes, offset, length) -> {});
        } catch (IOException e) {
            throw new IllegalStateException("nowhere does not fail", e);
        }
    }

    @Override
    public final OptionalLong firstTokenNanos() {
        return firstTokenSeen ? OptionalLong.of(firstTokenAt) : OptionalLong.empty();
    }

    /** Whether the stream has ended or failed, so that nothing more is to be read. */
    protected final boolean over() {
        return done || failure != null;
    }

    /** The stream is at its proper end. */
    protected final void done() {
        done = true;
    }

    protected final boolean isDone() {
        return done;
    }

    /** The first failure counts. */
    protected final void fail(StreamFailure why) {
        if (failure == null) {
            failure = why;
        }
    }

    protected final @Nullable StreamFailure failure() {
        return failure;
    }

    /** Notes that text was generated. */
    protected final void noteToken() {
        if (!firstTokenSeen) {
            firstTokenSeen = true;
            firstTokenAt = nanoTime.getAsLong();
        }
    }

    /**
     * The body is over: takes the last event, if only the blank line behind it is missing.
     *
     * @param cleanEnd whether the body came to a proper end
     * @param tail takes what the client gets of it; does not fail
     */
    protected final void finish(boolean cleanEnd, RelaySink tail) {
        if (over() || !cleanEnd || !events.finish()) {
            return;
        }
        try {
            event(tail);
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
        if (failure instanceof StreamFailure.Malformed) {
            failure = new StreamFailure.Truncated(); // An event cut in two is no JSON.
        }
    }
}
