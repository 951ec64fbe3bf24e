package dev.turnpike.schemas.avro;

import org.apache.avro.Schema;

/**
 * Which number stands for which schema in the five-byte envelope. Implementations are thread-safe
 * and answer from memory once they have seen an id.
 */
public interface SchemaIds {
    /**
     * The id under which records of {@code subject} are written.
     *
     * @throws UnreadableRecordException if the id cannot be had
     */
    int idOf(Subject subject);

    /**
     * The schema that a record was written with.
     *
     * @throws UnreadableRecordException if the id is unknown
     */
    Schema schemaOf(int id);
}
