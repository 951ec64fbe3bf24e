package dev.turnpike.control.http;

import dev.turnpike.schemas.control.Role;
import java.util.Set;

/** What can be done, and by whom: the one place that says so. */
public enum Operation {
    WHO_AM_I(Roles.ALL),
    /** Each command of a change is one of the others besides. */
    CHANGE(Roles.ALL),
    READ_ENDPOINTS(Roles.READERS),
    WRITE_ENDPOINTS(Roles.OPERATORS),
    READ_GROUPS(Roles.VIEWERS),
    WRITE_GROUPS(Roles.KEEPERS),
    READ_USERS(Roles.VIEWERS),
    WRITE_USERS(Roles.OPERATORS),
    READ_API_KEYS(Roles.VIEWERS),
    WRITE_API_KEYS(Roles.KEEPERS),
    READ_CREDENTIALS(Roles.READERS),
    WRITE_CREDENTIALS(Roles.OPERATORS),
    READ_WEBHOOKS(Roles.READERS),
    WRITE_WEBHOOKS(Roles.OPERATORS),
    READ_PRICES(Roles.READERS),
    READ_AUDIT(Roles.AUDITORS),
    READ_ADJUSTMENTS(Roles.VIEWERS),
    WRITE_ADJUSTMENTS(Roles.BILLERS),
    READ_EVENTS(Roles.VIEWERS),
    READ_DECISIONS(Roles.VIEWERS),
    READ_PREFIXES(Roles.READERS),
    WRITE_PREFIXES(Roles.OPERATORS),
    READ_DOMAINS(Roles.READERS),
    WRITE_DOMAINS(Roles.OPERATORS),
    READ_REGISTRATION_KEYS(Roles.READERS),
    /** Whoever can add one can make keys for every group. */
    WRITE_REGISTRATION_KEYS(Roles.TRUSTEES),
    READ_MANAGEMENT_KEYS(Roles.ADMINS),
    /** A key may never make one that can do more than itself; the rules see to that. */
    WRITE_MANAGEMENT_KEYS(Roles.ADMINS);

    private final Set<Role> roles;

    Operation(Set<Role> roles) {
        this.roles = roles;
    }

    /** Whether a key of {@code role} may do it. */
    public boolean allows(Role role) {
        return roles.contains(role);
    }

    /** Sets with a tenant's role are for routes that keep to {@link Reading#authority}. */
    private static final class Roles {
        static final Set<Role> TRUSTEES = Set.of(Role.OWNER, Role.ADMIN);
        static final Set<Role> OPERATORS = Set.of(Role.OWNER, Role.ADMIN, Role.OPERATOR);
        static final Set<Role> READERS =
                Set.of(Role.OWNER, Role.ADMIN, Role.OPERATOR, Role.BILLING, Role.AUDITOR);
        static final Set<Role> ADMINS = Set.of(Role.OWNER, Role.ADMIN, Role.TENANT_ADMIN);
        static final Set<Role> AUDITORS =
                Set.of(Role.OWNER, Role.ADMIN, Role.AUDITOR, Role.TENANT_ADMIN);
        static final Set<Role> KEEPERS =
                Set.of(Role.OWNER, Role.ADMIN, Role.OPERATOR, Role.TENANT_ADMIN);
        static final Set<Role> BILLERS = Set.of(Role.OWNER, Role.ADMIN, Role.BILLING);
        static final Set<Role> VIEWERS = Set.of(Role.values());
        static final Set<Role> ALL = Set.of(Role.values());
    }
}
