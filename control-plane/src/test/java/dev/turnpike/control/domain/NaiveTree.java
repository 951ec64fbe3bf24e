package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of groups written a second time, from the documentation and as plainly as possible: a
 * group is a line of text and a flat list of limits, and every question is answered by looking at
 * everything. It shares no code with the rules it checks.
 */
final class NaiveTree {
    private final Map<String, Node> nodes = new LinkedHashMap<>();

    /** One limit of one slug. */
    record Line(String slug, boolean rate, LimitType type, LimitUnit unit, long threshold) {
        boolean sameTuple(Line other) {
            return slug.equals(other.slug) && type == other.type && unit == other.unit;
        }
    }

    private record Node(
            String id,
            String externalId,
            @Nullable String parent,
            boolean cascading,
            List<String> slugs,
            List<Line> lines) {}

    Set<String> ids() {
        return Set.copyOf(nodes.keySet());
    }

    /** Every rule that creating the group would break; empty when it may be created. */
    Set<Rule> brokenByCreating(
            String externalId,
            List<ModelAccess> models,
            @Nullable LimitEnforcement mode,
            @Nullable String parent) {
        var broken = brokenByModels(models);
        if (models.isEmpty()) {
            broken.add(Rule.MODELS_EMPTY);
        }
        if (nodes.values().stream().anyMatch(node -> node.externalId().equals(externalId))) {
            broken.add(Rule.EXTERNAL_ID_TAKEN);
        }
        if (parent != null && !nodes.containsKey(parent)) {
            broken.add(Rule.PARENT_UNKNOWN);
        } else if (parent != null) {
            var above = above(parent);
            boolean cascading = node(parent).cascading();
            if (above.size() == 5) {
                broken.add(Rule.TOO_DEEP);
            }
            if (mode != null && cascading != (mode == LimitEnforcement.CASCADING)) {
                broken.add(Rule.MODE_DIFFERS);
            }
            if (cascading && lines(models).stream().anyMatch(line -> exceeds(line, above))) {
                broken.add(Rule.EXCEEDS_PARENT);
            }
        }
        return broken;
    }

    void create(
            String id,
            String externalId,
            List<ModelAccess> models,
            @Nullable LimitEnforcement mode,
            @Nullable String parent) {
        boolean cascading =
                parent == null ? mode == LimitEnforcement.CASCADING : node(parent).cascading();
        var slugs = models.stream().map(ModelAccess::slug).toList();
        nodes.put(id, new Node(id, externalId, parent, cascading, slugs, lines(models)));
    }

    /** Every rule that giving the group these models would break. */
    Set<Rule> brokenByChanging(String id, List<ModelAccess> models) {
        if (!nodes.containsKey(id)) {
            return EnumSet.of(Rule.ABSENT);
        }
        var broken = brokenByModels(models);
        var node = node(id);
        if (node.cascading()) {
            var mine = lines(models);
            var above = above(id);
            above.remove(node);
            boolean tooMuch = mine.stream().anyMatch(line -> exceeds(line, above));
            for (var lower : below(id)) {
                for (var line : node(lower).lines()) {
                    tooMuch |=
                            !lower.equals(id)
                                    && mine.stream()
                                            .anyMatch(own ->
                                                    own.sameTuple(line)
                                                            && line.threshold() > own.threshold());
                }
            }
            if (tooMuch) {
                broken.add(Rule.EXCEEDS_PARENT);
            }
        }
        return broken;
    }

    void change(String id, List<ModelAccess> models) {
        var old = node(id);
        var slugs = models.stream().map(ModelAccess::slug).toList();
        nodes.put(
                id,
                new Node(
                        id, old.externalId(), old.parent(), old.cascading(), slugs, lines(models)));
    }

    /** Deletes, and tells what went. */
    Set<String> delete(String id) {
        var gone = below(id);
        nodes.keySet().removeAll(gone);
        return gone;
    }

    /** What applies to a group: slugs, and for each limit its source and whose counter it has. */
    Set<List<Object>> effective(String id) {
        var self = node(id);
        var path = above(id);
        var slugs = new HashSet<>(self.slugs());
        if (path.stream().anyMatch(node -> node.slugs().contains("*"))) {
            slugs.add("*");
        }
        var all = new HashSet<List<Object>>();
        slugs.forEach(slug -> all.add(List.of(slug)));
        for (var source : path) {
            for (var line : source.lines()) {
                boolean nearer =
                        path.subList(0, path.indexOf(source)).stream()
                                .flatMap(node -> node.lines().stream())
                                .anyMatch(line::sameTuple);
                if (slugs.contains(line.slug()) && (self.cascading() || !nearer)) {
                    var counter = self.cascading() ? source.id() : id;
                    all.add(
                            List.of(
                                    line.slug(),
                                    line.rate(),
                                    line.type(),
                                    line.unit(),
                                    line.threshold(),
                                    source.id(),
                                    counter));
                }
            }
        }
        return all;
    }

    /** The group and everything below it. */
    Set<String> below(String id) {
        var found = new HashSet<String>();
        for (var node : nodes.values()) {
            if (above(node.id()).stream().anyMatch(up -> up.id().equals(id))) {
                found.add(node.id());
            }
        }
        return found;
    }

    /** The group and what is above it, nearest first. */
    private List<Node> above(String id) {
        var path = new ArrayList<Node>();
        for (var next = id; next != null; next = node(next).parent()) {
            path.add(node(next));
        }
        return path;
    }

    private Node node(String id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    private static boolean exceeds(Line line, List<Node> above) {
        return above.stream()
                .flatMap(node -> node.lines().stream())
                .anyMatch(up -> up.sameTuple(line) && line.threshold() > up.threshold());
    }

    private static Set<Rule> brokenByModels(List<ModelAccess> models) {
        var broken = EnumSet.noneOf(Rule.class);
        for (int i = 0; i < models.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (models.get(i).slug().equals(models.get(j).slug())) {
                    broken.add(Rule.MODEL_TWICE);
                }
            }
            var lines = lines(models.subList(i, i + 1));
            for (int j = 0; j < lines.size(); j++) {
                var line = lines.get(j);
                boolean calendar = line.unit() == LimitUnit.DAY || line.unit() == LimitUnit.MONTH;
                if (calendar == line.rate()) {
                    broken.add(Rule.LIMIT_UNIT);
                }
                for (var other : lines.subList(0, j)) {
                    if (other.sameTuple(line) && other.rate() == line.rate()) {
                        broken.add(Rule.LIMIT_TWICE);
                    }
                }
            }
        }
        return broken;
    }

    private static List<Line> lines(List<ModelAccess> models) {
        var lines = new ArrayList<Line>();
        for (var model : models) {
            model.rateLimits().forEach(limit -> lines.add(line(model.slug(), true, limit)));
            model.usageLimits().forEach(limit -> lines.add(line(model.slug(), false, limit)));
        }
        return lines;
    }

    private static Line line(String slug, boolean rate, Limit limit) {
        return new Line(slug, rate, limit.type(), limit.unit(), limit.threshold());
    }
}
