package dev.turnpike.edge.journal;

/**
 * Where a record stands in its edge's journal.
 *
 * @param stream the stream that wrote it
 * @param position counts the records of the journal; never used twice within a stream
 */
public record Receipt(String stream, long position) {
    /** {@code stream:position}, as the receipt header shows it. */
    @Override
    public String toString() {
        return stream + ':' + position;
    }
}
