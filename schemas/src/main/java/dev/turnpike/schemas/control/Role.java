package dev.turnpike.schemas.control;

/** What a management key or a person may do. */
public enum Role {
    OWNER,
    ADMIN,
    OPERATOR,
    BILLING,
    AUDITOR,
    TENANT_ADMIN,
    MEMBER
}
