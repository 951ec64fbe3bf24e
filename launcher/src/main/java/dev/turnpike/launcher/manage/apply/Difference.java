package dev.turnpike.launcher.manage.apply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.manage.Table;
import java.util.Set;
import java.util.TreeSet;

/** What a step changes, value by value. */
final class Difference {
    /** Follow from other values, or from the change itself. */
    private static final Set<String> DERIVED =
            Set.of("version", "updated_at", "created_at", "dry_run", "id", "secret");

    private static final String EFFECTIVE = "effective_models";

    private Difference() {}

    /**
     * @param result of one command, as the server shows it
     */
    static String of(JsonNode result) {
        var action = result.path("action").asText();
        if (action.endsWith(".deleted")) {
            return alsoGone(result.path("reply"));
        }
        var before = Table.values(result.path("before"));
        var after = Table.values(result.path("reply"));
        var names = new TreeSet<>(after.keySet());
        names.addAll(before.keySet());
        var text = new StringBuilder();
        for (var name : names) {
            var was = before.get(name);
            var is = after.get(name);
            boolean derived = DERIVED.contains(name) || name.startsWith(EFFECTIVE);
            if (!derived && (was == null || !was.equals(is))) {
                text.append("    ").append(name).append(": ");
                text.append(was == null ? "" : was + " -> ").append(is == null ? "-" : is);
                text.append('\n');
            }
        }
        return text.toString();
    }

    /** A deleted group takes others and keys with it. */
    private static String alsoGone(JsonNode tombstone) {
        int groups = tombstone.path("deleted_groups").size();
        int keys = tombstone.path("revoked_keys").asInt();
        return groups > 1 || keys > 0
                ? "    deletes %d groups, revokes %d keys%n".formatted(groups, keys)
                : "";
    }
}
