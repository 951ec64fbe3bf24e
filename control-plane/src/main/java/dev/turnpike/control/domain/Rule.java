package dev.turnpike.control.domain;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;

/** Every rule a command can break, with what its sender is told. */
public enum Rule {
    ABSENT(ErrorCode.NOT_FOUND, "There is no such resource"),
    STALE(ErrorCode.PRECONDITION_FAILED, "The resource has changed; read it again"),
    RACED(ErrorCode.CONFLICT, "The resource was changed at the same time; try again"),
    TOO_MANY(ErrorCode.CONFLICT, "There can be no more of these"),
    ID_TAKEN(ErrorCode.CONFLICT, "The generated id is in use; try again"),

    SLUG_TAKEN(ErrorCode.INVALID_REQUEST, "An endpoint with this slug exists"),
    TARGET_COUNT(ErrorCode.INVALID_REQUEST, "An endpoint has 1 to 8 targets"),
    TARGET_TWICE(ErrorCode.INVALID_REQUEST, "This target is listed twice"),
    TARGET_FIELD_MISSING(ErrorCode.INVALID_REQUEST, "This provider needs this field"),
    TARGET_FIELD_UNFIT(ErrorCode.INVALID_REQUEST, "This provider does not take this field"),
    REGION_UNSERVED(
            ErrorCode.INVALID_REQUEST,
            "No target declares the region of the endpoint as its own, so none may serve it"),
    CREDENTIAL_UNKNOWN(ErrorCode.INVALID_REQUEST, "There is no credential with this id"),
    CREDENTIAL_IN_USE(ErrorCode.CONFLICT, "An endpoint uses this credential"),

    EXTERNAL_ID_TAKEN(ErrorCode.INVALID_REQUEST, "A group with this external_entity_id exists"),
    MODEL_TWICE(ErrorCode.INVALID_REQUEST, "This slug is listed twice"),
    MODELS_EMPTY(ErrorCode.INVALID_REQUEST, "A new group has at least one model"),
    LIMIT_TWICE(ErrorCode.INVALID_REQUEST, "There are two limits of this type and unit"),
    LIMIT_UNIT(ErrorCode.INVALID_REQUEST, "A limit of this unit does not belong in this list"),
    PARENT_UNKNOWN(ErrorCode.NOT_FOUND, "There is no parent group with this id"),
    TOO_DEEP(ErrorCode.INVALID_REQUEST, "Groups nest at most five levels deep"),
    MODE_DIFFERS(ErrorCode.INVALID_REQUEST, "limit_enforcement must be the same in the whole tree"),
    EXCEEDS_PARENT(ErrorCode.INVALID_REQUEST, "Child group exceeds parent group limit."),
    TREE_TOO_LARGE(ErrorCode.CONFLICT, "The tree has reached the largest number of groups"),
    DELETION_TOO_LARGE(
            ErrorCode.CONFLICT, "Too much would be deleted at once; delete descendants first"),

    KEY_EXPIRED(ErrorCode.INVALID_REQUEST, "expires_at must be in the future"),
    KEY_MODEL_UNKNOWN(ErrorCode.INVALID_REQUEST, "The group does not grant this slug"),
    PREFIX_TAKEN(ErrorCode.INVALID_REQUEST, "The first 16 characters are those of another key"),
    PUBLIC_KEY_TWICE(ErrorCode.INVALID_REQUEST, "This public key is registered already"),
    SIGNER_GONE(ErrorCode.INVALID_REQUEST, "Signature verification failed"),
    GROUP_UNKNOWN(ErrorCode.INVALID_REQUEST, "There is no group with this id"),
    LAST_OWNER(ErrorCode.CONFLICT, "The last owner key that never expires cannot be revoked"),
    ROLE_BOUND(ErrorCode.INVALID_REQUEST, "A key of this role is bound to a group"),
    ROLE_UNBOUND(ErrorCode.INVALID_REQUEST, "Only tenant_admin and member are bound to a group"),
    ROLE_STRONGER(
            ErrorCode.PERMISSION_DENIED, "A key has no power over keys that may do more than it"),
    KEY_OUTLIVES(ErrorCode.INVALID_REQUEST, "A key must not outlive the key that makes it"),

    OWN_GROUP(ErrorCode.PERMISSION_DENIED, "A key cannot change the group it is bound to"),
    OWN_TEMPLATE(
            ErrorCode.PERMISSION_DENIED,
            "In an INDEPENDENT tree each group has limits of its own; only the operator adds one"),
    SLUG_NOT_OWN(
            ErrorCode.INVALID_REQUEST, "The group this key is bound to does not have this slug"),
    EXTERNAL_ID_NOT_OWN(
            ErrorCode.INVALID_REQUEST,
            "Must begin with the external_entity_id of the group this key is bound to, and a"
                    + " slash"),

    PREFIX_UNKNOWN(ErrorCode.INVALID_REQUEST, "This prefix is not registered"),
    PREFIX_TWICE(ErrorCode.INVALID_REQUEST, "This prefix is there already"),
    PREFIX_IN_USE(ErrorCode.CONFLICT, "An endpoint or a domain uses this prefix"),
    HOST_TAKEN(ErrorCode.INVALID_REQUEST, "A domain with this host exists"),

    PRICE_TWICE(ErrorCode.INVALID_REQUEST, "Two prices have the same match and valid_from");

    private final ErrorCode code;
    private final String message;

    Rule(ErrorCode code, String message) {
        this.code = code;
        this.message = message;
    }

    /** What the sender is told, without the field at fault. */
    public Problem problem() {
        return Problem.of(code, message);
    }
}
