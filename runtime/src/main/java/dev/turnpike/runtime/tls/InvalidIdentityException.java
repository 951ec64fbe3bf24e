package dev.turnpike.runtime.tls;

/** A certificate or key that cannot be used. The message holds no word of the key. */
public final class InvalidIdentityException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Which of the two is at fault. */
    public enum Part {
        CERTIFICATE_CHAIN,
        PRIVATE_KEY
    }

    private final Part part;

    InvalidIdentityException(Part part, String message) {
        super(message);
        this.part = part;
    }

    /** Which of the two is at fault. */
    public Part part() {
        return part;
    }
}
