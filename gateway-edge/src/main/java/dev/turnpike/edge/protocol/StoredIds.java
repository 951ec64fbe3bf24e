package dev.turnpike.edge.protocol;

import java.util.Optional;

/**
 * The identities of what a target stores for a caller, as that caller sees them. No caller can name
 * what was stored for another, or at another target, although all share the operator's account.
 */
public interface StoredIds {
    /** What the caller is shown for an identity of the target. */
    String shown(String targetId);

    /** The target's identity for what the caller was shown; empty if it was not shown that here. */
    Optional<String> known(String shownId);
}
