package dev.turnpike.schemas.control;

import dev.turnpike.schemas.limit.Limit;
import java.util.List;

/**
 * A slug granted to a group, with the limits the group itself declares for it.
 *
 * @param slug a slug, or {@code *}: limits over all models of the group together, granting none
 * @param rateLimits per second, minute or hour
 * @param usageLimits per day or month
 */
public record ModelAccess(String slug, List<Limit> rateLimits, List<Limit> usageLimits) {
    public static final String ALL_MODELS = "*";

    public ModelAccess {
        rateLimits = List.copyOf(rateLimits);
        usageLimits = List.copyOf(usageLimits);
    }
}
