package dev.turnpike.control.usage;

import dev.turnpike.schemas.usage.UsageTotal;
import java.util.Optional;

/** What counters hold, as far as it has been added up. */
@FunctionalInterface
public interface Totals {
    /**
     * The total of one counter and window; empty when nothing was charged there.
     *
     * @param counter its name, as {@link dev.turnpike.schemas.limit.Charge#counter} makes it
     * @throws dev.turnpike.runtime.problem.ProblemException {@code unavailable} while it cannot be
     *     told
     */
    Optional<UsageTotal> find(String counter);
}
