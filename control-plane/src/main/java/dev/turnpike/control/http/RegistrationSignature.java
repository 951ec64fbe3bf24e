package dev.turnpike.control.http;

import dev.turnpike.control.domain.Image;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.RegistrationKey;
import dev.turnpike.schemas.control.ResourceKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Checks that a registration was signed by the operator: Ed25519 over the raw body, or, when the
 * timestamp header is there, over {@code timestamp LF method LF path LF} and the raw body.
 * Thread-safe.
 */
final class RegistrationSignature {
    /** How far a timestamp may be from this clock, in either direction. */
    static final Duration TOLERANCE = Duration.ofSeconds(300);

    private static final Pattern TIMESTAMP = Pattern.compile("[0-9]{1,12}");

    private final Headers headers;
    private final InstantSource clock;

    RegistrationSignature(Headers headers, InstantSource clock) {
        this.headers = headers;
        this.clock = clock;
    }

    /**
     * The registration key the request is signed under.
     *
     * @throws ProblemException if there is no registration key, or none has signed this request
     */
    RegistrationKey verified(SentRequest sent, Image image) {
        var keys =
                image.list(Listing.all(ResourceKind.REGISTRATION_KEY), null)
                        .map(RegistrationKey.class::cast)
                        .toList();
        if (keys.isEmpty()) {
            throw Problem.of(
                            ErrorCode.INVALID_REQUEST,
                            "Must configure a public key before registering API keys")
                    .asException();
        }
        var signature = signature(sent);
        var timestamp = sent.header().apply(headers.timestamp());
        if (signature.isEmpty() || !timestamp.map(this::timely).orElse(true)) {
            throw failed();
        }
        var message = timestamp.map(time -> covered(time, sent)).orElse(sent.body());
        return fit(keys, timestamp.isPresent()).stream()
                .filter(key -> Ed25519.verify(key.publicKey(), message, signature.get()))
                .findFirst()
                .orElseThrow(this::failed);
    }

    private static List<RegistrationKey> fit(List<RegistrationKey> keys, boolean timestamped) {
        return keys.stream().filter(key -> timestamped || !key.requireTimestamp()).toList();
    }

    private Optional<byte[]> signature(SentRequest sent) {
        try {
            return sent.header()
                    .apply(headers.signature())
                    .map(text -> Base64.getDecoder().decode(text.strip()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean timely(String timestamp) {
        if (!TIMESTAMP.matcher(timestamp).matches()) {
            return false;
        }
        var signedAt = Instant.ofEpochSecond(Long.parseLong(timestamp));
        return Duration.between(signedAt, clock.instant()).abs().compareTo(TOLERANCE) <= 0;
    }

    static byte[] covered(String timestamp, SentRequest sent) {
        var head =
                (timestamp + "\n" + sent.method() + "\n" + sent.path() + "\n")
                        .getBytes(StandardCharsets.UTF_8);
        var body = sent.body();
        var message = new byte[head.length + body.length];
        System.arraycopy(head, 0, message, 0, head.length);
        System.arraycopy(body, 0, message, head.length, body.length);
        return message;
    }

    private ProblemException failed() {
        return Problem.invalid(headers.signature().defaultCase(), "Signature verification failed")
                .asException();
    }
}
