package dev.turnpike.webhook.domain;

import dev.turnpike.runtime.config.Secret;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One signing secret of a webhook, opened.
 *
 * @param text {@code whsec_} followed by base64
 * @param serial counts the secrets of one webhook, from 1
 * @param endsAt when it stops being used, null for the current one
 */
public record SigningSecret(Secret text, long serial, @Nullable Instant endsAt) {
    /** Whether a message sent at {@code now} is signed with it. */
    public boolean validAt(Instant now) {
        return endsAt == null || now.isBefore(endsAt);
    }
}
