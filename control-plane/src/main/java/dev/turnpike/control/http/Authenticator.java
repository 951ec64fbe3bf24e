package dev.turnpike.control.http;

import dev.turnpike.control.domain.Image;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.control.Actor;
import dev.turnpike.schemas.control.ManagementKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds out who asks. Every kind of wrong key (absent, malformed, unknown, expired, an inference
 * key) costs the same work and gets the same answer. Thread-safe.
 */
final class Authenticator {
    /** The type of actors who have a key. */
    static final String ACTOR_TYPE = "management_key";

    private static final Problem REFUSED =
            Problem.of(
                    ErrorCode.INVALID_API_KEY,
                    "A valid management key is needed: Authorization: Bearer <key>");

    private final KeyHasher hasher;
    private final InstantSource clock;

    Authenticator(KeyHasher hasher, InstantSource clock) {
        this.hasher = hasher;
        this.clock = clock;
    }

    /**
     * @param authorization the {@code Authorization} header, schemes {@code Bearer} and {@code
     *     Api-Key}
     * @throws dev.turnpike.runtime.problem.ProblemException {@code invalid_api_key}
     */
    ManagementKey authenticate(Optional<String> authorization, Image image) {
        var presented = authorization.flatMap(Authenticator::key).orElse("");
        var found = image.managementKey(ApiKeyText.lookupPrefix(presented));
        boolean matches =
                hasher.matches(
                        presented,
                        found.map(ManagementKey::hash).orElse(null),
                        found.map(ManagementKey::pepperVersion).orElse(1));
        return found.filter(key -> matches && !expired(key, clock.instant()))
                .orElseThrow(REFUSED::asException);
    }

    /** How the key appears in facts. */
    static Actor actor(ManagementKey key) {
        return new Actor(ACTOR_TYPE, key.prefix().value(), key.name(), key.role());
    }

    private static boolean expired(ManagementKey key, Instant now) {
        var end = key.expiresAt();
        return end != null && !end.isAfter(now);
    }

    private static Optional<String> key(String authorization) {
        int space = authorization.indexOf(' ');
        if (space < 0) {
            return Optional.empty();
        }
        var scheme = authorization.substring(0, space).toLowerCase(Locale.ROOT);
        return scheme.equals("bearer") || scheme.equals("api-key")
                ? Optional.of(authorization.substring(space + 1).strip())
                : Optional.empty();
    }
}
