package dev.turnpike.edge.protocol;

import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.ModelRequest;
import dev.turnpike.schemas.control.Target;

/** A request that was read. Used by the request's thread only. */
public interface Asked {
    /** What the gateway has to know of it. */
    ModelRequest request();

    /**
     * Whether it can still be put to a target: not when some of its body went by that nobody keeps.
     */
    default boolean sendable() {
        return true;
    }

    /**
     * How it is put to a target. Asked again for each target that is tried.
     *
     * @throws BodyFaultException if targets of this kind cannot be asked this
     */
    TargetForm form(Target target, TargetTerms terms) throws BodyFaultException;
}
