package dev.turnpike.schemas.control;

/** Who bears the prompt of a request whose target failed after it had taken the prompt. */
public enum FailureCharge {
    /**
     * The caller once the target had begun to answer; nobody when it failed before its first byte.
     */
    BY_STAGE,

    /** The caller, also when the target answered 5xx or was silent until its deadline. */
    PROMPT_ONLY,

    /** Nobody. */
    NONE
}
