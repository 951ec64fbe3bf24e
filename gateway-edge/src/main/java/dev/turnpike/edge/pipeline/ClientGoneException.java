package dev.turnpike.edge.pipeline;

import java.io.IOException;

/** The client has left: a write to it failed. */
public final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    public ClientGoneException(Throwable cause) {
        super("client gone", cause);
    }
}
