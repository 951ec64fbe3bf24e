package dev.turnpike.edge.pipeline;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;

/** Where the requests of an endpoint may be worked on. */
final class Residency {
    private static final String UNRESTRICTED = "UNRESTRICTED";

    private Residency() {}

    /**
     * Whether a target may see the requests of an endpoint. One whose region nobody declared may
     * not; the demo model does not leave this process.
     */
    static boolean allows(Endpoint endpoint, Target target) {
        return endpoint.region().equals(UNRESTRICTED)
                || endpoint.region().equalsIgnoreCase(target.region())
                || target.provider() == Provider.DEMO;
    }

    /** Whether no target at all may see them. */
    static boolean forbidsAll(Endpoint endpoint) {
        if (endpoint.region().equals(UNRESTRICTED)) {
            return false;
        }
        for (var target : endpoint.targets()) {
            if (allows(endpoint, target)) {
                return false;
            }
        }
        return true;
    }

    static Problem violated() {
        return Problem.of(
                ErrorCode.DATA_RESIDENCY_VIOLATION,
                "This model may be served in its own region only, and no provider there offers it");
    }
}
