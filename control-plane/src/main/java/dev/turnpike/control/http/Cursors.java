package dev.turnpike.control.http;

import dev.turnpike.control.domain.Place;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.runtime.secret.MasterKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

/**
 * Makes and checks cursors: where a page ended, signed together with the list it belongs to, so a
 * cursor cannot be made up or carried to another list. Thread-safe.
 */
final class Cursors {
    private static final int MAC_BYTES = 16;
    private static final int LENGTH_MAX = 512;

    private final byte[] key;

    Cursors(MasterKey masterKey) {
        this.key = masterKey.derive(MasterKey.Purpose.CURSOR, 1);
    }

    /** A cursor that goes on after {@code place}. */
    String of(String scope, Place place) {
        return sign(scope, place.createdAt() + "|" + place.id());
    }

    /** A cursor that goes on at {@code offset}. */
    String of(String scope, long offset) {
        return sign(scope, Long.toString(offset));
    }

    /** A cursor that carries {@code text}, which the list reads itself. */
    String of(String scope, String text) {
        return sign(scope, text);
    }

    /**
     * @throws ProblemException if it is not a cursor of this list
     */
    String text(String scope, String cursor) {
        return verify(scope, cursor);
    }

    /**
     * @throws ProblemException if it is not a cursor of this list
     */
    Place place(String scope, String cursor) {
        var text = verify(scope, cursor);
        int bar = text.indexOf('|');
        try {
            return new Place(Instant.parse(text.substring(0, bar)), text.substring(bar + 1));
        } catch (DateTimeException | IndexOutOfBoundsException e) {
            throw refused();
        }
    }

    /**
     * @throws ProblemException if it is not a cursor of this list
     */
    long offset(String scope, String cursor) {
        try {
            return Long.parseLong(verify(scope, cursor));
        } catch (NumberFormatException e) {
            throw refused();
        }
    }

    private String sign(String scope, String text) {
        var payload = text.getBytes(StandardCharsets.UTF_8);
        var token = Arrays.copyOf(mac(scope, payload), MAC_BYTES + payload.length);
        System.arraycopy(payload, 0, token, MAC_BYTES, payload.length);
        return encoded(token);
    }

    private String verify(String scope, String cursor) {
        var token = decoded(cursor);
        if (token.length <= MAC_BYTES) {
            throw refused();
        }
        var payload = Arrays.copyOfRange(token, MAC_BYTES, token.length);
        var presented = Arrays.copyOf(token, MAC_BYTES);
        if (!MessageDigest.isEqual(presented, mac(scope, payload))) {
            throw refused();
        }
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** Of the many texts that base64 reads as the same bytes, only the one that was given. */
    private static byte[] decoded(String cursor) {
        try {
            var token =
                    cursor.length() > LENGTH_MAX
                            ? new byte[0]
                            : Base64.getUrlDecoder().decode(cursor);
            if (encoded(token).equals(cursor)) {
                return token;
            }
        } catch (IllegalArgumentException e) {
            throw refused();
        }
        throw refused();
    }

    private static String encoded(byte[] token) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    private byte[] mac(String scope, byte[] payload) {
        var list = ByteBuffer.wrap(scope.getBytes(StandardCharsets.UTF_8));
        return Arrays.copyOf(Keyed.mac(key, list, ByteBuffer.wrap(payload)), MAC_BYTES);
    }

    static ProblemException refused() {
        return Problem.invalid("cursor", "The cursor does not belong to this list").asException();
    }
}
