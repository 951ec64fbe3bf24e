package dev.turnpike.launcher.manage.apply;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;
import org.jspecify.annotations.Nullable;

/**
 * One command of a plan.
 *
 * @param label the resource it is about
 * @param name by which other steps call what it makes; null when it makes nothing
 * @param version it is based on; 0 when it makes something
 * @param body null when it has none
 */
record Step(
        Kind kind,
        String label,
        @Nullable String name,
        String path,
        long version,
        @Nullable ObjectNode body) {
    /** What a step does; the sign stands before it when it is shown. */
    enum Kind {
        CREATE("POST", "+"),
        UPDATE("PATCH", "~"),
        DELETE("DELETE", "-");

        private final String method;
        private final String sign;

        Kind(String method, String sign) {
            this.method = method;
            this.sign = sign;
        }

        String method() {
            return method;
        }

        String sign() {
            return sign;
        }
    }

    /** As {@code POST /changes} takes it. */
    ObjectNode command() {
        var command = Json.object().put("method", kind.method()).put("path", path);
        if (name != null) {
            command.put("name", name);
        }
        if (version > 0) {
            command.put("if_match", version);
        }
        if (body != null) {
            command.set("body", body);
        }
        return command;
    }
}
