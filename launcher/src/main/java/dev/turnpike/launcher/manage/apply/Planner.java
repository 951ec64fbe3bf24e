package dev.turnpike.launcher.manage.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.turnpike.launcher.manage.apply.Existing.Other;
import dev.turnpike.runtime.http.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Makes a step of every declared resource: a creation, or a change that may turn out to change
 * nothing. References by name become ids, or point at the step that makes what they name.
 */
final class Planner {
    /** The id of a group that the file adds; no group has it. */
    private static final String NOT_THERE_YET = "new";

    private static final Set<String> SECRET_SOURCES = Set.of("value_file", "value_env");

    private final Manifest manifest;
    private final Sections sections;
    private final Existing existing;
    private final UnaryOperator<String> secrets;
    private final Map<String, String> names = new HashMap<>();
    private final List<Step> steps = new ArrayList<>();

    /**
     * @param secrets the secret that {@code file:PATH} or {@code env:NAME} means
     */
    Planner(
            Manifest manifest,
            Sections sections,
            Existing existing,
            UnaryOperator<String> secrets) {
        this.manifest = manifest;
        this.sections = sections;
        this.existing = existing;
        this.secrets = secrets;
    }

    /**
     * @param prune delete what the server has in the sections of the file and the file has not
     */
    List<Step> steps(boolean prune) {
        for (var declared : manifest.declared()) {
            var found = existing.find(declared.section(), declared.key());
            if (found.isPresent()) {
                update(declared, found.get());
            } else {
                create(declared);
            }
        }
        if (prune) {
            prune();
        }
        return steps;
    }

    private void create(Declared declared) {
        var name = "n" + steps.size();
        var body = translated(declared, true);
        if (declared.parent() != null) {
            var hierarchy =
                    body.get("hierarchy") instanceof ObjectNode given
                            ? given
                            : body.putObject("hierarchy");
            hierarchy.set("parent_group_id", reference(Sections.GROUPS, declared.parent().key()));
        }
        names.put(declared.label(), name);
        steps.add(
                new Step(
                        Step.Kind.CREATE,
                        declared.label(),
                        name,
                        "/" + declared.section(),
                        0,
                        body));
    }

    private void update(Declared declared, JsonNode found) {
        checkParent(declared, found);
        var changeable = sections.changeable(declared.section());
        var body = translated(declared, false);
        for (var name : List.copyOf(names(body))) {
            if (!changeable.contains(name)) {
                checkKnown(declared, name);
                checkSame(declared, name, body.get(name), found.path(name));
                body.remove(name);
            }
        }
        if (body.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove(sections.key(Sections.GROUPS));
            if (metadata.isEmpty()) {
                body.remove("metadata");
            }
        }
        if (!body.isEmpty()) {
            steps.add(
                    new Step(
                            Step.Kind.UPDATE,
                            declared.label(),
                            null,
                            path(declared.section(), found),
                            found.path("version").asLong(),
                            body));
        }
    }

    private void checkParent(Declared declared, JsonNode found) {
        if (!declared.section().equals(Sections.GROUPS)) {
            return;
        }
        var wished =
                Optional.ofNullable(declared.parent())
                        .map(parent -> existing.find(Sections.GROUPS, parent.key()))
                        .map(parent -> parent.map(Planner::id).orElse(NOT_THERE_YET))
                        .orElse("");
        if (!wished.equals(found.at("/hierarchy/parent_group_id").asText(""))) {
            throw new ManifestException(declared.label() + ": a group cannot be moved");
        }
    }

    private static String id(JsonNode found) {
        return found.path("id").asText();
    }

    private void checkKnown(Declared declared, String name) {
        if (!sections.creatable(declared.section()).contains(name)) {
            throw new ManifestException(declared.label() + ": the field " + name + " is unknown");
        }
    }

    /**
     * What cannot be changed may still be said, as long as it is so, or is not shown again, as
     * secrets are.
     */
    private static void checkSame(Declared declared, String name, JsonNode wished, JsonNode found) {
        boolean same =
                found.isMissingNode()
                        || (wished.isObject()
                                ? wished.properties().stream()
                                        .allMatch(f -> f.getValue().equals(found.path(f.getKey())))
                                : wished.equals(found));
        if (!same) {
            throw new ManifestException(
                    declared.label() + ": " + name + " cannot be changed; delete it first");
        }
    }

    private void prune() {
        var order = new ArrayList<>(sections.inOrder());
        for (var section : order.reversed()) {
            if (manifest.present().contains(section)) {
                var others = existing.others(section);
                var going = others.stream().map(Other::id).collect(Collectors.toSet());
                for (var other : others) {
                    if (!going.contains(other.parent())) { // Else it goes with its parent.
                        delete(section, other);
                    }
                }
            }
        }
    }

    private void delete(String section, Other other) {
        steps.add(
                new Step(
                        Step.Kind.DELETE,
                        section + " " + other.key(),
                        null,
                        "/" + section + "/" + other.id(),
                        other.version(),
                        null));
    }

    private static String path(String section, JsonNode item) {
        var id = item.path("id").asText(item.path("prefix").asText());
        return "/" + section + "/" + id;
    }

    /** The body with ids in place of names. */
    private ObjectNode translated(Declared declared, boolean creation) {
        var body = declared.body().deepCopy();
        switch (declared.section()) {
            case Sections.CREDENTIALS -> secret(declared, body, creation);
            case Sections.ENDPOINTS ->
                    body.path("targets").forEach(target -> credential(declared, target));
            case Sections.WEBHOOKS -> groups(body.path("filter"));
            default -> {}
        }
        return body;
    }

    private void secret(Declared declared, ObjectNode body, boolean creation) {
        for (var source : SECRET_SOURCES) {
            var given = body.remove(source);
            if (given != null && creation) {
                var kind = source.substring(source.indexOf('_') + 1);
                body.put("value", secrets.apply(kind + ":" + given.asText()));
            }
        }
        if (body.has("value") && !creation) {
            body.remove("value"); // Nobody can read the old one; `credentials rotate` replaces it.
        }
        if (creation && !body.has("value")) {
            throw new ManifestException(
                    declared.label() + ": is new and needs value_file or value_env");
        }
    }

    private void credential(Declared declared, JsonNode target) {
        if (target instanceof ObjectNode object && object.has("credential")) {
            var c = object.remove("credential");
            if (object.has("secret_id") || !c.isTextual()) {
                throw new ManifestException(
                        declared.label() + ": a target has one credential, by its name");
            }
            object.set("secret_id", reference(Sections.CREDENTIALS, c.textValue()));
        }
    }

    private void groups(JsonNode filter) {
        if (filter instanceof ObjectNode object && object.has("groups")) {
            var ids = object.remove("groups");
            var references = object.putArray("group_ids");
            ids.forEach(id -> references.add(reference(Sections.GROUPS, id.asText())));
        }
    }

    private JsonNode reference(String section, String key) {
        var name = names.get(section + " " + key);
        if (name != null) {
            return Json.object().put("$result", name);
        }
        return existing.id(section, key)
                .map(TextNode::valueOf)
                .orElseThrow(() -> new ManifestException(section + " " + key + ": does not exist"));
    }

    private static List<String> names(ObjectNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Other ways to the same end, the simple one first. */
    List<List<Step>> otherOrders() {
        var groups = new HashMap<String, JsonNode>();
        if (steps.stream().anyMatch(Orders::changesGroup)) {
            existing.declared(Sections.GROUPS)
                    .forEach(group -> groups.put(path(Sections.GROUPS, group), group));
        }
        return Orders.others(steps, groups);
    }
}
