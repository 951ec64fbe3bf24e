package dev.turnpike.control.http;

import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.control.VertexConfig;
import dev.turnpike.schemas.id.CredentialId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code targets} of an endpoint.
 *
 * @param urls which base URLs may be stored
 */
record TargetFields(Urls urls) {
    /** More than a valid list has, so that the rule about the count can answer. */
    private static final int TARGETS_READ_MAX = 64;

    private static final int HEADERS_MAX = 32;
    private static final int TIMEOUT_MAX_MILLIS = 3_600_000;
    private static final String PRODUCTION = "production";
    private static final Pattern HOST_PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");
    private static final Pattern PATH_PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]*");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern REGION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

    /** Set by the gateway itself, or able to change where a request goes. */
    private static final Set<String> RESERVED =
            Set.of(
                    "authorization",
                    "connection",
                    "content-encoding",
                    "content-length",
                    "content-type",
                    "expect",
                    "host",
                    "keep-alive",
                    "proxy-authorization",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade",
                    "x-api-key");

    Optional<List<Target>> read(Fields body) {
        return body.optionalObjects("targets", TARGETS_READ_MAX)
                .map(objects -> {
                    var targets = new ArrayList<Target>();
                    for (var fields : objects) {
                        targets.add(target(fields, targets.size()));
                    }
                    return targets;
                });
    }

    private Target target(Fields fields, int index) {
        return new Target(
                fields.oneOf("provider", Provider.class)
                        .orElseThrow(() -> fields.missing("provider")),
                modelId(fields),
                fields.optionalText("target_model", 1, 255).orElse(null),
                fields.optionalText("base_url", 1, 2_048)
                        .map(url -> urls.checked(url, fields.at("base_url")))
                        .orElse(null),
                secret(fields),
                region(fields),
                fields.integer("priority", 0, 63, index),
                fields.integer("weight", 1, 1_000, 1),
                fields.optionalObject("timeouts")
                        .map(TargetFields::timeouts)
                        .orElse(Timeouts.DEFAULT),
                headers(fields),
                environment(fields),
                fields.optionalObject("vertex_config").map(TargetFields::vertex).orElse(null),
                fields.optionalBool("drain_on_disconnect").filter(drains -> drains).orElse(null));
    }

    /** Becomes part of the name of the host that is called. */
    private static @Nullable String modelId(Fields fields) {
        var id = fields.optionalText("model_id", 1, 50).orElse(null);
        if (id != null && !HOST_PART.matcher(id).matches()) {
            throw fields.wrong("model_id", "must be letters, digits and dashes");
        }
        return id;
    }

    /** Production is what goes without saying. */
    private static @Nullable String environment(Fields fields) {
        var name = fields.optionalText("environment_name", 1, 64).orElse(null);
        if (name != null && !PATH_PART.matcher(name).matches()) {
            throw fields.wrong("environment_name", "must be letters, digits and dashes");
        }
        return PRODUCTION.equals(name) ? null : name;
    }

    private static VertexConfig vertex(Fields fields) {
        return new VertexConfig(
                part(fields, "project_id", PATH_PART), part(fields, "location", HOST_PART));
    }

    /** Becomes part of the address that is called. */
    private static String part(Fields fields, String name, Pattern shape) {
        var text = fields.text(name, 1, 50);
        if (!shape.matcher(text).matches()) {
            throw fields.wrong(name, "must be letters, digits and dashes");
        }
        return text;
    }

    private static @Nullable CredentialId secret(Fields fields) {
        return fields.optionalText("secret_id", 1, 255)
                .map(text ->
                        CredentialId.parse(text)
                                .orElseThrow(() ->
                                        fields.wrong(
                                                "secret_id", "must be the id of a credential")))
                .orElse(null);
    }

    private static @Nullable String region(Fields fields) {
        var region = fields.optionalText("region", 1, 32).orElse(null);
        if (region != null && !REGION.matcher(region).matches()) {
            throw fields.wrong("region", "must be a code of letters, digits and dashes");
        }
        return region;
    }

    private static Timeouts timeouts(Fields fields) {
        var usual = Timeouts.DEFAULT;
        return new Timeouts(
                fields.integer("connect_ms", 1, TIMEOUT_MAX_MILLIS, usual.connectMillis()),
                fields.integer("first_byte_ms", 1, TIMEOUT_MAX_MILLIS, usual.firstByteMillis()),
                fields.integer("idle_ms", 1, TIMEOUT_MAX_MILLIS, usual.idleMillis()),
                fields.integer("total_ms", 1, TIMEOUT_MAX_MILLIS, usual.totalMillis()));
    }

    private static Map<String, String> headers(Fields fields) {
        var headers = fields.texts("headers", HEADERS_MAX, 128, 1_024);
        for (var entry : headers.entrySet()) {
            var name = entry.getKey();
            if (!TOKEN.matcher(name).matches()
                    || RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
                throw fields.wrong("headers", "cannot hold the header " + printable(name));
            }
            if (entry.getValue().chars().anyMatch(c -> c > '~')) {
                throw fields.wrong("headers", "holds a value that is not ASCII");
            }
        }
        return headers;
    }

    private static String printable(String name) {
        return name.replaceAll("[^!-~]", "?");
    }
}
