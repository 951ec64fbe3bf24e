package dev.turnpike.control.log;

import dev.turnpike.control.domain.FactDraft;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.Actor;
import dev.turnpike.schemas.control.ControlEvent;
import dev.turnpike.schemas.control.LogHead;
import dev.turnpike.schemas.id.EventId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;

/**
 * The end of the chain of facts. The hash covers the hash before and the fact's Avro binary with an
 * empty hash, without the five bytes of envelope, so it does not depend on a registry's ids.
 * Immutable.
 *
 * @param sequence of the last fact, 0 when there is none
 * @param hash of the last fact
 */
public record FactChain(long sequence, byte[] hash) {
    /** A log without facts. */
    public static final FactChain START = new FactChain(0, new byte[32]);

    private static final RecordCodec<ControlEvent> CODEC =
            RecordCodec.of(Subject.CONTROL_EVENTS, ControlEvent.class);
    private static final int ENVELOPE_BYTES = 5;
    private static final byte[] NO_HASH = new byte[0];

    static FactChain of(LogHead head) {
        return new FactChain(head.sequence(), head.hash());
    }

    static FactChain of(ControlEvent last) {
        return new FactChain(last.sequence(), last.hash());
    }

    /** The fact that continues the chain. */
    ControlEvent next(FactDraft fact, EventId id, Instant at, Actor actor, String requestId) {
        var unhashed =
                new ControlEvent(
                        sequence + 1,
                        id,
                        at,
                        actor,
                        requestId,
                        fact.action(),
                        fact.before(),
                        fact.after(),
                        hash,
                        NO_HASH);
        return withHash(unhashed, hashOf(unhashed));
    }

    /** Whether {@code event} continues this chain and has not been changed. */
    public boolean continuedBy(ControlEvent event) {
        return event.sequence() == sequence + 1
                && Arrays.equals(event.previousHash(), hash)
                && Arrays.equals(event.hash(), hashOf(withHash(event, NO_HASH)));
    }

    private static ControlEvent withHash(ControlEvent event, byte[] hash) {
        return new ControlEvent(
                event.sequence(),
                event.id(),
                event.at(),
                event.actor(),
                event.requestId(),
                event.action(),
                event.before(),
                event.after(),
                event.previousHash(),
                hash);
    }

    private static byte[] hashOf(ControlEvent unhashed) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(unhashed.previousHash());
            var encoded = CODEC.encode(unhashed);
            digest.update(encoded, ENVELOPE_BYTES, encoded.length - ENVELOPE_BYTES);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no SHA-256 on this platform", e);
        }
    }
}
