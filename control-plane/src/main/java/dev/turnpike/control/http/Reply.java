package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.domain.Versions;
import dev.turnpike.schemas.control.Resource;
import java.util.List;
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

    /** Names of what is shown once and not kept. */
    static final List<String> SECRETS = List.of("api_key", "key", "secret");

    /** For a dry run: a secret that was not kept is not shown either. */
    Reply asDryRun() {
        return new Reply(withoutSecrets().body().put("dry_run", true), OptionalLong.empty());
    }

    /** Takes the secrets out of the body. */
    Reply withoutSecrets() {
        for (var name : SECRETS) {
            if (body.has(name)) {
                body.putNull(name);
            }
        }
        return this;
    }
}
