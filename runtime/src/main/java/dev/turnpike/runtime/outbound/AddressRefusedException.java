package dev.turnpike.runtime.outbound;

import java.io.IOException;

/** The address policy forbids a connection. Expected, so it carries no stack trace. */
public final class AddressRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * @param reason what kind of address it was, such as {@code "loopback"}; safe to show to the
     *     operator, never to a client
     */
    public AddressRefusedException(String reason) {
        super("address refused: " + reason);
        this.reason = reason;
    }

    /** What kind of address was refused. */
    public String reason() {
        return reason;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
