package dev.turnpike.edge.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.turnpike.edge.upstream.Header;
import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.schemas.control.Credential;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.id.CredentialId;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the credentials of providers and keeps the open ones until they are changed or deleted.
 * Thread-safe.
 */
final class Credentials {
    /** Open credentials kept in memory. */
    private static final int OPEN_MAX = 10_000;

    private static final Logger LOGGER = LoggerFactory.getLogger(Credentials.class);

    /** How a provider is shown a credential. */
    enum Form {
        BEARER("authorization", "Bearer "),
        API_KEY("authorization", "Api-Key "),
        X_API_KEY("x-api-key", "");

        private final String header;
        private final String scheme;

        Form(String header, String scheme) {
            this.header = header;
            this.scheme = scheme;
        }
    }

    /** An open credential, and the headers it has been shown in. */
    private static final class Opened {
        private final long version;
        private final Secret secret;
        private final Map<Form, Header> headers = new ConcurrentHashMap<>();

        Opened(long version, Secret secret) {
            this.version = version;
            this.secret = secret;
        }

        Header header(Form form) {
            return headers.computeIfAbsent(
                    form, wanted -> new Header(wanted.header, wanted.scheme + secret.reveal()));
        }
    }

    private final ControlView control;
    private final Envelope envelope;

    /** By id. */
    private final Cache<String, Opened> open =
            Caffeine.newBuilder().maximumSize(OPEN_MAX).executor(Runnable::run).build();

    Credentials(ControlView control, Envelope envelope) {
        this.control = control;
        this.envelope = envelope;
        control.listen((kind, id) -> {
            if (kind == ResourceKind.CREDENTIAL) {
                open.invalidate(id);
            }
        });
    }

    /** The secret, or empty when it does not exist or cannot be opened with our master key. */
    Optional<Secret> secret(CredentialId id) {
        return control.credential(id).flatMap(this::opened).map(opened -> opened.secret);
    }

    /**
     * The same as a header.
     *
     * @throws IllegalArgumentException if the secret makes none
     */
    Optional<Header> header(CredentialId id, Form form) {
        return control.credential(id).flatMap(this::opened).map(opened -> opened.header(form));
    }

    private Optional<Opened> opened(Credential credential) {
        var known = open.getIfPresent(credential.id().value());
        if (known != null && known.version == credential.version()) {
            return Optional.of(known);
        }
        try {
            var owner =
                    new Envelope.Owner("credential", credential.id().value(), credential.version());
            var bytes = envelope.open(credential.sealed(), owner);
            var secret = new Secret(new String(bytes, StandardCharsets.UTF_8));
            var opened = new Opened(credential.version(), secret);
            open.put(credential.id().value(), opened);
            return Optional.of(opened);
        } catch (Envelope.CannotOpenException e) {
            LOGGER.atError()
                    .addKeyValue("credential", credential.id().value())
                    .log("credential was sealed under another master key");
            return Optional.empty();
        }
    }
}
