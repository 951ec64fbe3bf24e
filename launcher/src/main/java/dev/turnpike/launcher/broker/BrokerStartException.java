package dev.turnpike.launcher.broker;

/**
 * The embedded broker could not be started. The message names the directory or port at fault and is
 * meant for the operator. When it is thrown, nothing of the broker is left running.
 */
public final class BrokerStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokerStartException(String message) {
        super(message);
    }

    BrokerStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
