package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.turnpike.control.domain.Authority;
import dev.turnpike.control.domain.GroupTree;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.ledger.LedgerLog;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.webhook.BillingEnvelope;
import dev.turnpike.schemas.webhook.CustomerField;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code /events}: billing events, straight from the ledger. */
final class EventRoutes {
    private static final String START = "start_time";
    private static final String END = "end_time";
    private static final String OUTCOME = "outcome";
    private static final String GROUP = "group_id";

    /** What a cursor is bound to beside the times, which it carries itself. */
    private static final List<String> FILTERS =
            List.of("api_key_prefix", "external_entity_id", GROUP, "model_slug", OUTCOME);

    private final LedgerLog ledger;
    private final Cursors cursors;
    private final CustomerField customerField;

    EventRoutes(LedgerLog ledger, Cursors cursors, CustomerField customerField) {
        this.ledger = ledger;
        this.cursors = cursors;
        this.customerField = customerField;
    }

    List<Route> routes() {
        var parameters = new String[FILTERS.size() + 2];
        FILTERS.toArray(parameters);
        parameters[FILTERS.size()] = START;
        parameters[FILTERS.size() + 1] = END;
        return List.of(Route.list("/events", Operation.READ_EVENTS, this::list, parameters));
    }

    private Reply list(Reading reading) {
        int limit = reading.limit();
        var wanted = wanted(reading);
        var scope = scope(reading);
        var place = place(reading, scope);
        var window = place.window();
        var search =
                new LedgerLog.Search(
                        partitions(reading),
                        window.end(),
                        entry -> window.holds(entry.call().admittedAt()) && wanted.test(entry));
        var page = ledger.read(place.position(), search, limit);
        var next = cursors.of(scope, new EventPlace(window, page.next()).text());
        return Reply.of(json(page, next, shape(reading)));
    }

    /** A tenant's keys are a customer's: they see what was billed, not who answered. */
    private Function<LedgerEntry, byte[]> shape(Reading reading) {
        return reading.authority().subtree() == null
                ? entry -> BillingEnvelope.event(entry, customerField)
                : entry -> BillingEnvelope.customerEvent(entry, customerField);
    }

    /** Within a page by the time of the request, as far as the order of the log leaves a choice. */
    private static ObjectNode json(
            LedgerLog.Page page, String next, Function<LedgerEntry, byte[]> shape) {
        var json = Json.object();
        var items = json.putArray("items");
        page.entries().stream()
                .sorted(Comparator.comparing(entry -> entry.call().admittedAt()))
                .map(shape)
                .forEach(event ->
                        items.addRawValue(new RawValue(new String(event, StandardCharsets.UTF_8))));
        json.putObject("pagination")
                .put("has_more", page.more())
                .put("cursor", page.more() ? next : null);
        return json.put("position", next);
    }

    private EventPlace place(Reading reading, String scope) {
        var start = time(reading, START);
        var end = time(reading, END);
        var cursor = reading.given("cursor");
        if (cursor.isPresent()) {
            var place =
                    EventPlace.parse(cursors.text(scope, cursor.get()))
                            .orElseThrow(Cursors::refused);
            if (differs(start, Optional.of(place.window().start()))
                    || differs(end, place.window().end())) {
                throw Problem.invalid("cursor", "The cursor is one of another time range")
                        .asException();
            }
            return place;
        }
        var from =
                start.orElseThrow(() ->
                        Problem.invalid(START, "start_time is required without a cursor")
                                .asException());
        if (end.isPresent() && !end.get().isAfter(from)) {
            throw Problem.invalid(END, "end_time must be after start_time").asException();
        }
        return new EventPlace(new EventPlace.Window(from, end), ledger.at(from));
    }

    private static boolean differs(Optional<Instant> given, Optional<Instant> carried) {
        return given.isPresent() && !given.equals(carried);
    }

    private static Predicate<LedgerEntry> wanted(Reading reading) {
        var reach = reading.authority();
        var image = reading.image();
        Predicate<LedgerEntry> seen = entry -> inReach(reach, image, entry.call().caller());
        return seen.and(outcomes(reading))
                .and(inGroup(reading))
                .and(same(reading, "model_slug", entry -> entry.call().modelSlug()))
                .and(
                        same(
                                reading,
                                "api_key_prefix",
                                entry -> entry.call().caller().apiKeyPrefix().value()))
                .and(
                        same(
                                reading,
                                "external_entity_id",
                                entry -> entry.call().caller().externalEntityId()));
    }

    private static Predicate<LedgerEntry> same(
            Reading reading, String name, Function<LedgerEntry, String> field) {
        var given = reading.given(name);
        return entry -> given.isEmpty() || given.get().equals(field.apply(entry));
    }

    /** Without a choice the charged ones; with one exactly those, charged or not. */
    private static Predicate<LedgerEntry> outcomes(Reading reading) {
        var given = reading.given(OUTCOME);
        if (given.isEmpty()) {
            return LedgerEntry::charged;
        }
        var known =
                Stream.concat(
                                Arrays.stream(Outcome.values()).map(Outcome::label),
                                Stream.of(LedgerEntry.ADJUSTMENT))
                        .collect(Collectors.toSet());
        var chosen = Set.copyOf(Arrays.asList(given.get().split(",", known.size() + 2)));
        if (!known.containsAll(chosen)) {
            var all = known.stream().sorted().collect(Collectors.joining(", "));
            throw Problem.invalid(OUTCOME, "outcome must be one or more of " + all).asException();
        }
        return entry -> chosen.contains(entry.label());
    }

    /** A group with everything that was below it when it was asked. */
    private static Predicate<LedgerEntry> inGroup(Reading reading) {
        var given = reading.given(GROUP);
        if (given.isEmpty()) {
            return entry -> true;
        }
        var top = GroupId.parse(given.get()).stream().toList();
        return entry -> within(reading.image(), entry.call().caller(), top);
    }

    private static boolean within(Image image, Caller caller, List<GroupId> top) {
        return caller.within(top, id -> GroupTree.parent(image, id));
    }

    static boolean inReach(Authority authority, Image image, Caller caller) {
        var top = authority.subtree();
        return top == null || within(image, caller, List.of(top));
    }

    /** One tree is in one partition, so the others need not be read. */
    private static Set<Integer> partitions(Reading reading) {
        var top = Optional.ofNullable(reading.authority().subtree()).map(GroupId::value);
        return top.or(() -> reading.given(GROUP))
                .flatMap(reading.image()::group)
                .map(group -> Topics.partition(Topics.LEDGER, group.rootGroupId().value()))
                .map(Set::of)
                .orElse(LedgerLog.ALL_PARTITIONS);
    }

    private static Optional<Instant> time(Reading reading, String name) {
        return reading.given(name).map(text -> Fields.time(text, name));
    }

    /** Bound to what is asked for, not to the key: a pipeline goes on after its key is rotated. */
    private static String scope(Reading reading) {
        var scope = new StringBuilder("events\n").append(reading.authority().subtree());
        for (var name : FILTERS) {
            scope.append('\n').append(name).append('=').append(reading.query().apply(name));
        }
        return scope.toString();
    }
}
