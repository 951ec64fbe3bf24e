package dev.turnpike.edge.pipeline;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Target;

/** Where the requests of an endpoint may be worked on. */
final class Residency {
    private Residency() {}

    /** Whether a target may see the requests of an endpoint. */
    static boolean allows(Endpoint endpoint, Target target) {
        return endpoint.admits(target);
    }

    /** Whether no target at all may see the requests of an endpoint; only old ones can be so. */
    static boolean forbidsAll(Endpoint endpoint) {
        if (endpoint.region().equals(Endpoint.UNRESTRICTED)) {
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
