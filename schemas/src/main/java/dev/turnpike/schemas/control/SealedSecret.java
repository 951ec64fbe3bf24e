package dev.turnpike.schemas.control;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A signing secret under an envelope key.
 *
 * @param sealed the secret's text ({@code whsec_...}) as UTF-8; its associated data is {@code
 *     webhook|id|serial}
 * @param serial counts the secrets of one webhook, from 1
 * @param endsAt when it stops being used, null for the current one
 */
public record SealedSecret(byte[] sealed, long serial, @Nullable Instant endsAt) {}
