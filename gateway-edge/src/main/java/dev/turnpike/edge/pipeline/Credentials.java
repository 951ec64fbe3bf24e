package dev.turnpike.edge.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.schemas.control.Credential;
import dev.turnpike.schemas.id.CredentialId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the credentials of providers and keeps the open ones, by version. Thread-safe. */
final class Credentials {
    /** Open credentials kept in memory. */
    private static final int OPEN_MAX = 10_000;

    private static final Logger LOGGER = LoggerFactory.getLogger(Credentials.class);

    private record Version(CredentialId id, long version) {}

    private final ControlView control;
    private final Envelope envelope;
    private final Cache<Version, Secret> open = Caffeine.newBuilder().maximumSize(OPEN_MAX).build();

    Credentials(ControlView control, Envelope envelope) {
        this.control = control;
        this.envelope = envelope;
    }

    /** The secret, or empty when it does not exist or cannot be opened with our master key. */
    Optional<Secret> secret(CredentialId id) {
        return control.credential(id).flatMap(this::opened);
    }

    private Optional<Secret> opened(Credential credential) {
        var version = new Version(credential.id(), credential.version());
        var known = open.getIfPresent(version);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            var owner =
                    new Envelope.Owner("credential", credential.id().value(), credential.version());
            var bytes = envelope.open(credential.sealed(), owner);
            var secret = new Secret(new String(bytes, StandardCharsets.UTF_8));
            open.put(version, secret);
            return Optional.of(secret);
        } catch (Envelope.CannotOpenException e) {
            LOGGER.atError()
                    .addKeyValue("credential", credential.id().value())
                    .log("credential was sealed under another master key");
            return Optional.empty();
        }
    }
}
