package dev.turnpike.schemas.control;

import java.time.Instant;

/**
 * The end of the control log as of one transaction. Written in every transaction under one key, so
 * a writer that loads the compacted state knows where to go on.
 *
 * @param sequence of the last fact, 0 when there is none
 * @param hash of the last fact; 32 zero bytes when there is none
 * @param ownerUrl where other replicas forward commands to
 */
public record LogHead(long sequence, byte[] hash, String ownerUrl, Instant createdAt)
        implements Resource {
    /** The identity of the only record of this kind. */
    public static final String ID = "control";

    @Override
    public ResourceKind kind() {
        return ResourceKind.LOG_HEAD;
    }

    @Override
    public String resourceId() {
        return ID;
    }
}
