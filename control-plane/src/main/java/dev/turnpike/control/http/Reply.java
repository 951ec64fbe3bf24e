package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.domain.Versions;
import dev.turnpike.schemas.control.Resource;
import java.util.OptionalLong;

/**
 * What a handler answers with 200.
 *
 * @param version for the {@code ETag}, when the reply is one resource
 */
record Reply(ObjectNode body, OptionalLong version) {
    /** A reply without a version. */
    static Reply of(ObjectNode body) {
        return new Reply(body, OptionalLong.empty());
    }

    /** One resource. */
    static Reply of(ObjectNode body, Resource resource) {
        return new Reply(body, OptionalLong.of(Versions.of(resource)));
    }
}
