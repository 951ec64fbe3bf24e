package dev.turnpike.control.http;

import dev.turnpike.control.domain.FactDraft;
import dev.turnpike.control.log.AuditLog;
import dev.turnpike.control.log.Submission;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.control.ControlEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.RetriableException;

/** {@code /audit_events}: every management fact, oldest first, straight from the log. */
final class AuditRoutes {
    private static final String[] FILTERS = {
        "actor_id",
        "actor_type",
        "action",
        "resource_type",
        "resource_id",
        "request_id",
        "start_time",
        "end_time"
    };

    private static final Set<String> ACTOR_TYPES =
            Set.of(Authenticator.ACTOR_TYPE, Submission.SYSTEM_TYPE);

    /** As they stand before the dot of an action. */
    private static final Set<String> RESOURCE_TYPES =
            FactDraft.ACTIONS.stream()
                    .map(action -> action.substring(0, action.indexOf('.')))
                    .collect(Collectors.toUnmodifiableSet());

    private final AuditLog log;
    private final Cursors cursors;

    AuditRoutes(AuditLog log, Cursors cursors) {
        this.log = log;
        this.cursors = cursors;
    }

    List<Route> routes() {
        return List.of(Route.list("/audit_events", Operation.READ_AUDIT, this::list, FILTERS));
    }

    private Reply list(Reading reading) {
        int limit = reading.limit();
        known(reading, "actor_type", ACTOR_TYPES);
        known(reading, "resource_type", RESOURCE_TYPES);
        known(reading, "action", FactDraft.ACTIONS);
        var scope = scope(reading);
        var from = time(reading, "start_time");
        var until = time(reading, "end_time");
        var wanted = wanted(reading, from);
        var cursor = reading.given("cursor").map(text -> cursors.offset(scope, text));
        try {
            long offset = cursor.isPresent() ? cursor.get() : log.offsetOf(from);
            var page = log.read(offset, wanted, until, limit);
            return Reply.of(
                    Lists.page(
                            page.facts().stream().map(Views::fact).toList(),
                            page.next().isEmpty()
                                    ? null
                                    : cursors.of(scope, page.next().getAsLong())));
        } catch (RetriableException e) {
            throw Problem.of(ErrorCode.UNAVAILABLE, "The log does not answer in time")
                    .asException(e);
        }
    }

    /** Else a slip of the pen reads like a log in which nothing has happened. */
    private static void known(Reading reading, String name, Set<String> values) {
        reading.given(name)
                .filter(text -> !values.contains(text))
                .ifPresent(text -> {
                    var all = values.stream().sorted().collect(Collectors.joining(", "));
                    throw Problem.invalid(name, name + " must be one of " + all).asException();
                });
    }

    private static Predicate<ControlEvent> wanted(Reading reading, Optional<Instant> from) {
        Predicate<ControlEvent> all =
                fact -> from.map(start -> !fact.at().isBefore(start)).orElse(true);
        var authority = reading.authority();
        return all.and(fact -> authority.sees(reading.image(), fact.subject()))
                .and(same(reading, "actor_id", fact -> fact.actor().id()))
                .and(same(reading, "actor_type", fact -> fact.actor().type()))
                .and(same(reading, "action", ControlEvent::action))
                .and(same(reading, "resource_type", fact -> fact.subject().kind().label()))
                .and(same(reading, "resource_id", fact -> fact.subject().resourceId()))
                .and(same(reading, "request_id", ControlEvent::requestId));
    }

    private static Predicate<ControlEvent> same(
            Reading reading, String name, Function<ControlEvent, String> field) {
        var given = reading.given(name);
        return fact -> given.isEmpty() || given.get().equals(field.apply(fact));
    }

    private static Optional<Instant> time(Reading reading, String name) {
        return reading.given(name).map(text -> Fields.time(text, name));
    }

    private static String scope(Reading reading) {
        var scope = new StringBuilder("audit");
        for (var name : FILTERS) {
            scope.append('\n').append(name).append('=').append(reading.query().apply(name));
        }
        return reading.scope(scope.toString());
    }
}
