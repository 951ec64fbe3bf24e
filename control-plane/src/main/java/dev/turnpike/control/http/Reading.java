package dev.turnpike.control.http;

import dev.turnpike.control.domain.Authority;
import dev.turnpike.control.domain.Image;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.ManagementKey;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A request to read, as handlers see it.
 *
 * @param image what is read, one consistent point of the log
 * @param key who asks
 * @param path gives a parameter of the path
 * @param query gives a parameter of the query, empty text when it is absent
 */
record Reading(
        Image image, ManagementKey key, UnaryOperator<String> path, UnaryOperator<String> query) {
    /** Items of one page. */
    static final int LIMIT_MAX = 1_000;

    private static final int LIMIT_DEFAULT = 100;
    private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]{0,3}");

    /**
     * How far the asker's power reaches. A route that tenants may call shows nothing beyond: what
     * it finds in {@link #image} goes through here first.
     */
    Authority authority() {
        return Authority.of(key);
    }

    /**
     * The group of the path.
     *
     * @throws ProblemException {@code not_found} if it does not exist or is out of reach
     */
    Group group() {
        return authority().group(image, path.apply("group_id")).orElseThrow(Reading::absent);
    }

    /** The same request with other parameters of the path. */
    Reading withPath(UnaryOperator<String> other) {
        return new Reading(image, key, other, query);
    }

    /** What cursors of a list are bound to: the list with its filters, and who asks. */
    String scope(String list) {
        return key.prefix().value() + '\n' + list;
    }

    /** A parameter of the query, if it is given. */
    Optional<String> given(String name) {
        return Optional.of(query.apply(name)).filter(text -> !text.isEmpty());
    }

    /**
     * The {@code limit} of a list.
     *
     * @throws ProblemException if it is out of range
     */
    int limit() {
        var text = given("limit");
        if (text.isEmpty()) {
            return LIMIT_DEFAULT;
        }
        int limit = LIMIT.matcher(text.get()).matches() ? Integer.parseInt(text.get()) : 0;
        if (limit < 1 || limit > LIMIT_MAX) {
            throw wrongLimit().asException();
        }
        return limit;
    }

    private static Problem wrongLimit() {
        return Problem.invalid("limit", "limit must be a whole number from 1 to " + LIMIT_MAX);
    }

    /** The answer for what does not exist, or is not the asker's to see. */
    static ProblemException absent() {
        return Problem.of(ErrorCode.NOT_FOUND, "There is no such resource").asException();
    }
}
