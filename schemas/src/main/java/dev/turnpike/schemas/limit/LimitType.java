package dev.turnpike.schemas.limit;

/** What a limit counts. */
public enum LimitType {
    /** Requests, charged at admission. */
    REQUEST,
    /**
     * Input plus output tokens, cached ones included; reserved at admission, settled at the end.
     */
    TOKEN,
    /** Nano-dollars; reserved at admission, settled at the end. */
    COST
}
