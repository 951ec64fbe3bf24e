package dev.turnpike.edge.upstream;

import java.io.IOException;

/** Carries an {@link UpstreamFault}. Expected, so it has no stack trace. */
public final class UpstreamFaultException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient UpstreamFault fault;

    public UpstreamFaultException(UpstreamFault fault) {
        super(fault.toString());
        this.fault = fault;
    }

    /** A fault that something else led to. */
    public UpstreamFaultException(UpstreamFault fault, Throwable cause) {
        super(fault.toString(), cause);
        this.fault = fault;
    }

    public UpstreamFault fault() {
        return fault;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
