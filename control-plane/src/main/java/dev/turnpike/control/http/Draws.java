package dev.turnpike.control.http;

import dev.turnpike.runtime.key.ApiKeyText;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * New ids and secrets for one request. With an {@code Idempotency-Key} secrets are derived from it
 * under the server's key, so a retry draws the same ones and nothing is stored; ids are found again
 * through the idempotency record.
 *
 * @param ulids makes ids
 * @param random cryptographically strong, for requests without an {@code Idempotency-Key}
 * @param seed a secret of 32 bytes that belongs to one use of an {@code Idempotency-Key}
 */
record Draws(Supplier<String> ulids, RandomGenerator random, Optional<byte[]> seed) {
    private static final int SECRET_BYTES = 32;

    String ulid() {
        return ulids.get();
    }

    ApiKeyText key(String brand) {
        return seed.map(bytes -> ApiKeyText.derive(brand, bytes))
                .orElseGet(() -> ApiKeyText.generate(brand, random));
    }

    /** A signing secret as Standard Webhooks writes it. */
    String webhookSecret() {
        var bytes =
                seed.map(own -> Keyed.mac(own, ByteBuffer.wrap("whsec".getBytes(Keyed.ASCII))))
                        .orElseGet(() -> {
                            var fresh = new byte[SECRET_BYTES];
                            random.nextBytes(fresh);
                            return fresh;
                        });
        return "whsec_" + Base64.getEncoder().encodeToString(bytes);
    }
}
