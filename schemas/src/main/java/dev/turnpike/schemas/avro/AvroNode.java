package dev.turnpike.schemas.avro;

import java.io.IOException;
import org.apache.avro.io.Encoder;
import org.jspecify.annotations.Nullable;

/** How one place of a schema is written from, and read back to, a Java value. Thread-safe. */
interface AvroNode {
    void write(@Nullable Object value, Encoder out) throws IOException;

    /**
     * @param generic what Avro's generic reader gave for this place
     */
    @Nullable Object read(@Nullable Object generic);
}
