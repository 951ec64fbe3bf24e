package dev.turnpike.edge.journal;

import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.usage.RequestFact;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Signatures first; the body follows. */
public final class Journal implements AutoCloseable {
    private Journal() {}

    public static Journal open(
            JournalSettings settings, InstantSource clock, Supplier<String> newEdgeId) {
        throw new UnsupportedOperationException();
    }

    public String stream() {
        throw new UnsupportedOperationException();
    }

    public void started(RequestFact.Started fact) {
        throw new UnsupportedOperationException();
    }

    public void called(RequestId id, Provider provider, String targetModel) {
        throw new UnsupportedOperationException();
    }

    public void progress(RequestId id, long outputTokens) {
        throw new UnsupportedOperationException();
    }

    public Receipt terminal(RequestFact fact) {
        throw new UnsupportedOperationException();
    }

    public JournalStatus status() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
