package dev.turnpike.schemas.control;

/** The kinds of resources; the name is part of keys and audit actions and is never changed. */
public enum ResourceKind {
    ENDPOINT("endpoint"),
    GROUP("group"),
    API_KEY("api_key"),
    CREDENTIAL("credential"),
    WEBHOOK("webhook"),
    PRICE("price"),
    MANAGEMENT_KEY("management_key"),
    ADJUSTMENT("adjustment"),
    /** Remembers a create for its {@code Idempotency-Key}. */
    IDEMPOTENCY("idempotency"),
    /** Where the control log ends and who owns it; one record. */
    LOG_HEAD("log_head"),
    REGISTRATION_KEY("registration_key"),
    WEBHOOK_REPLAY("webhook_replay"),
    PREFIX("prefix"),
    DOMAIN("domain");

    private final String label;

    ResourceKind(String label) {
        this.label = label;
    }

    /** The kind in lower case, as in {@code group.created}. */
    public String label() {
        return label;
    }

    /** Key of the record of {@code id} in {@code turnpike.control.state}. */
    public String stateKey(String id) {
        return label + '/' + id;
    }
}
