package dev.turnpike.schemas.webhook;

/** How events name the group that the operator knows by an id of his own. */
public enum CustomerField {
    /** {@code externalEntityId}. */
    EXTERNAL_ENTITY_ID,
    /** Also {@code externalCustomerId}, its older name, for receivers that know no other. */
    WITH_EXTERNAL_CUSTOMER_ID
}
