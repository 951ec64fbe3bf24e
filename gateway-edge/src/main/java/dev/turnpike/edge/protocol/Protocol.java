package dev.turnpike.edge.protocol;

import dev.turnpike.edge.wire.BodyFaultException;

/** One kind of request that clients send. Thread-safe. */
public interface Protocol {
    /** OpenTelemetry's {@code gen_ai.operation.name}, as it stands in every record. */
    String operation();

    /** Whose API this belongs to. */
    default Dialect dialect() {
        return Dialect.OPENAI;
    }

    /**
     * Whether bodies come with files, which are read as they come; all others are read whole before
     * {@link #read} is called.
     */
    default boolean takesFiles() {
        return false;
    }

    /**
     * Reads a request.
     *
     * @throws BodyFaultException saying what is wrong with it, for a 400
     */
    Asked read(Incoming incoming) throws BodyFaultException;
}
