package dev.turnpike.webhook.send;

import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.runtime.secret.Envelope.CannotOpenException;
import dev.turnpike.schemas.control.SealedSecret;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.webhook.domain.SigningSecret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Opens the sealed secrets of a webhook. Thread-safe. */
public final class SecretOpener {
    private static final String PURPOSE = "webhook";

    private final Envelope envelope;

    public SecretOpener(Envelope envelope) {
        this.envelope = envelope;
    }

    /**
     * The current secret and the previous ones, whether ended or not.
     *
     * @throws CannotOpenException if one was sealed for another webhook or under another master key
     */
    public List<SigningSecret> open(Webhook webhook) throws CannotOpenException {
        var secrets = new ArrayList<SigningSecret>();
        secrets.add(open(webhook, webhook.secret()));
        for (var previous : webhook.previousSecrets()) {
            secrets.add(open(webhook, previous));
        }
        return secrets;
    }

    private SigningSecret open(Webhook webhook, SealedSecret sealed) throws CannotOpenException {
        var owner = new Envelope.Owner(PURPOSE, webhook.id().value(), sealed.serial());
        var text = new String(envelope.open(sealed.sealed(), owner), StandardCharsets.UTF_8);
        return new SigningSecret(new Secret(text), sealed.serial(), sealed.endsAt());
    }
}
