package dev.turnpike.schemas.control;

import java.time.Instant;

/**
 * A certificate with its key under an envelope key.
 *
 * @param chain PEM, the server's certificate first
 * @param sealedKey the private key in PEM; its associated data is {@code domain|host|serial}
 * @param serial counts the certificates of one domain, from 1
 * @param fingerprint SHA-256 of the server's certificate in lower-case hex
 * @param endsAt when the first certificate of the chain ends
 */
public record DomainCertificate(
        String chain, byte[] sealedKey, long serial, String fingerprint, Instant endsAt) {}
