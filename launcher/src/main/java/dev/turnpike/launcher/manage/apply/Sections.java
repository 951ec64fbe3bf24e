package dev.turnpike.launcher.manage.apply;

import dev.turnpike.launcher.manage.ApiDescription;
import dev.turnpike.launcher.manage.Operation;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The collections of the management API that a file may declare, as the API describes them. */
final class Sections {
    static final String CREDENTIALS = "credentials";
    static final String ENDPOINTS = "endpoints";
    static final String GROUPS = "groups";
    static final String WEBHOOKS = "webhooks";

    /** Collections that hold no lasting state of their own, or keys, which are shown once. */
    private static final Set<String> NOT_DECLARED =
            Set.of("users", "changes", "management_keys", "registration_keys", "adjustments");

    /** Fields that tell one resource from another, the first that a creation takes counts. */
    private static final List<String> KEYS =
            List.of("slug", "external_entity_id", "prefix", "host", "domain", "url", "name");

    private static final List<String> FIRST = List.of(CREDENTIALS, "prefixes", "domains");
    private static final List<String> LAST = List.of(ENDPOINTS, GROUPS, WEBHOOKS);
    private static final String BASE = "/v1/gateway/";

    private final Map<String, Operation> creations = new TreeMap<>();
    private final Map<String, Operation> updates = new TreeMap<>();

    Sections(ApiDescription description) {
        for (var operation : description.operations()) {
            var path = operation.path().substring(BASE.length()).split("/");
            if (path.length == 1 && operation.method().equals("POST")) {
                creations.put(path[0], operation);
            } else if (path.length == 2 && operation.method().equals("PATCH")) {
                updates.put(path[0], operation);
            }
        }
        creations.keySet().removeAll(NOT_DECLARED);
        creations.entrySet().removeIf(entry -> keyOf(entry.getValue()).isEmpty());
    }

    /** All sections, in the order in which their resources may depend on each other. */
    Set<String> inOrder() {
        var ordered = new LinkedHashSet<String>();
        FIRST.stream().filter(creations::containsKey).forEach(ordered::add);
        creations.keySet().stream().filter(name -> !LAST.contains(name)).forEach(ordered::add);
        LAST.stream().filter(creations::containsKey).forEach(ordered::add);
        return ordered;
    }

    /** The field that tells resources of a section apart. */
    String key(String section) {
        return Optional.ofNullable(creations.get(section)).flatMap(Sections::keyOf).orElseThrow();
    }

    /** The fields a creation may have. */
    Set<String> creatable(String section) {
        return fields(creations.get(section));
    }

    /** The fields a change of an existing resource may have; empty when none can be changed. */
    Set<String> changeable(String section) {
        return fields(updates.get(section));
    }

    private static Set<String> fields(@Nullable Operation operation) {
        return operation == null
                ? Set.of()
                : operation.body().stream()
                        .map(field -> field.path().getFirst())
                        .collect(Collectors.toSet());
    }

    private static Optional<String> keyOf(Operation creation) {
        var names = creation.body().stream().map(field -> field.leaf()).toList();
        return KEYS.stream().filter(names::contains).findFirst();
    }
}
