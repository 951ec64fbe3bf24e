package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.usage.LimitUse;
import dev.turnpike.control.usage.Totals;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.unit.NanoUsd;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** {@code /groups/{group_id}/usage}: how much of its limits a group has used. */
final class UsageRoutes {
    private static final String ANCESTORS = "include_ancestors";
    private static final String RATES = "include_rate_limits";

    private final Totals totals;
    private final InstantSource clock;

    UsageRoutes(Totals totals, InstantSource clock) {
        this.totals = totals;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/groups/{group_id}/usage",
                        Operation.READ_GROUPS,
                        this::read,
                        ANCESTORS,
                        RATES));
    }

    private Reply read(Reading reading) {
        var group = reading.group();
        boolean ancestors = flag(reading, ANCESTORS, true);
        boolean rates = flag(reading, RATES, false);
        var now = clock.instant();
        var json = Json.object().put("customer_id", group.externalEntityId());
        json.put("group_id", group.id().value());
        put(json.putObject("usage"), LimitUse.ofCalendar(group, ancestors, totals, now));
        if (rates) {
            put(json.putObject("rates"), LimitUse.ofRolling(group, ancestors, totals, now));
        }
        return Reply.of(json);
    }

    private static void put(ObjectNode bySlug, Map<String, List<LimitUse>> uses) {
        uses.forEach((slug, ofSlug) -> {
            var entries = bySlug.putArray(slug);
            ofSlug.forEach(use -> put(entries.addObject(), use));
        });
    }

    private static void put(ObjectNode entry, LimitUse use) {
        var limit = use.limit();
        entry.put("type", limit.type().name());
        entry.put("unit", limit.unit().name());
        put(entry, "threshold", limit.type(), limit.threshold());
        put(entry, "current_usage", limit.type(), use.used());
        put(entry, "reserved", limit.type(), use.reserved());
        entry.put("reset_at", use.resetAt().toString());
        entry.put("source_group", limit.sourceGroup().value());
    }

    /** Money is text in US dollars, everything else a number. */
    static void put(ObjectNode json, String name, LimitType type, long amount) {
        if (type == LimitType.COST) {
            json.put(name, new NanoUsd(amount).toDecimal());
        } else {
            json.put(name, amount);
        }
    }

    private static boolean flag(Reading reading, String name, boolean otherwise) {
        return switch (reading.given(name).orElse(Boolean.toString(otherwise))) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Problem.invalid(name, name + " must be true or false").asException();
        };
    }
}
