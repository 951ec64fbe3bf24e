package dev.turnpike.control.log;

import dev.turnpike.control.domain.Image;

/**
 * The image as of one committed transaction.
 *
 * @param position offset in {@code turnpike.control.state} of the last record in the image; -1 when
 *     there is none
 */
public record Snapshot(Image image, long position) {
    static final Snapshot NOTHING = new Snapshot(Image.EMPTY, -1);
}
