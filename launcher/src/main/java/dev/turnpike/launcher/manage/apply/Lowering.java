package dev.turnpike.launcher.manage.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way from the limits of a tree to others of which some are higher and some lower: first every
 * limit that sinks, from the leaves up, then all that is declared, from the root down. At no time
 * has a group more than one above it.
 */
final class Lowering {
    private static final String MODELS = "models";
    private static final List<String> KINDS = List.of("rate_limits", "usage_limits");

    private Lowering() {}

    /** What tells one limit of a group from another. */
    private record Place(String slug, String kind, String type, String unit) {}

    /**
     * The same steps with those that lower before them.
     *
     * @param groups what there is, by path
     */
    static List<Step> first(List<Step> steps, Map<String, JsonNode> groups) {
        var lowering = new ArrayList<Step>();
        var rest = new ArrayList<Step>();
        for (var step : steps) {
            var sunk =
                    Optional.ofNullable(groups.get(step.path()))
                            .filter(_ -> step.kind() == Step.Kind.UPDATE)
                            .flatMap(found -> sunk(found.path(MODELS), step));
            sunk.ifPresent(lowering::add);
            rest.add(sunk.isPresent() ? unguarded(step) : step);
        }
        var at =
                steps.stream()
                        .filter(step -> step.path().startsWith("/" + Sections.GROUPS))
                        .findFirst();
        rest.addAll(at.map(steps::indexOf).orElse(0), lowering.reversed());
        return rest;
    }

    /** The step that takes away what is not to stay; empty when nothing sinks. */
    private static Optional<Step> sunk(JsonNode found, Step step) {
        var body = step.body();
        if (body == null || !(body.get(MODELS) instanceof ArrayNode wished)) {
            return Optional.empty();
        }
        var before = thresholds(found);
        var after = thresholds(wished);
        boolean stays =
                before.entrySet().stream()
                        .allMatch(limit -> reaches(after.get(limit.getKey()), limit.getValue()));
        if (stays) {
            return Optional.empty();
        }
        var models = wished.deepCopy();
        models.forEach(model -> sink(model, before));
        return Optional.of(
                new Step(
                        step.kind(),
                        step.label(),
                        null,
                        step.path(),
                        step.version(),
                        Json.object().set(MODELS, models)));
    }

    /** Leaves of a model's limits those that were there, none higher than it was. */
    private static void sink(JsonNode model, Map<Place, JsonNode> before) {
        for (var kind : KINDS) {
            for (var limits = model.path(kind).iterator(); limits.hasNext(); ) {
                var limit = limits.next();
                var was = before.get(place(model, kind, limit));
                if (was == null) {
                    limits.remove();
                } else if (limit instanceof ObjectNode known
                        && reaches(known.get("threshold"), was)) {
                    known.set("threshold", was);
                }
            }
        }
    }

    private static Map<Place, JsonNode> thresholds(JsonNode models) {
        var thresholds = new HashMap<Place, JsonNode>();
        for (var model : models) {
            for (var kind : KINDS) {
                for (var limit : model.path(kind)) {
                    thresholds.put(place(model, kind, limit), limit.path("threshold"));
                }
            }
        }
        return thresholds;
    }

    private static Place place(JsonNode model, String kind, JsonNode limit) {
        return new Place(
                model.path("slug").asText(),
                kind,
                limit.path("type").asText(),
                limit.path("unit").asText());
    }

    /** Whether a threshold is there and no lower than it was. */
    private static boolean reaches(@Nullable JsonNode now, JsonNode was) {
        try {
            return now != null
                    && new BigDecimal(now.asText()).compareTo(new BigDecimal(was.asText())) >= 0;
        } catch (NumberFormatException e) {
            return false; // The server says what is wrong with it.
        }
    }

    /** Its version is checked by the step that lowers. */
    private static Step unguarded(Step step) {
        return new Step(step.kind(), step.label(), step.name(), step.path(), 0, step.body());
    }
}
