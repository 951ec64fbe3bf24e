package dev.turnpike.usage.topology;

import dev.turnpike.schemas.deadletter.DeadLetter;
import java.time.Instant;
import java.util.Arrays;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** How a record that cannot be read is written down. */
final class DeadLetters {
    /** Who gave up. */
    static final String READER = "usage-aggregator";

    /** Bytes kept of a key or a value, so that the letter itself can always be sent. */
    static final int BYTES_MAX = 256 << 10;

    /** Characters kept of the reason. */
    static final int ERROR_LENGTH_MAX = 500;

    private DeadLetters() {}

    static String key(RecordMetadata from) {
        return from.topic() + '/' + from.partition();
    }

    static DeadLetter letter(
            RecordMetadata from,
            byte @Nullable [] key,
            byte @Nullable [] value,
            RuntimeException reason,
            Instant at) {
        var message = String.valueOf(reason.getMessage());
        var error = message.substring(0, Math.min(ERROR_LENGTH_MAX, message.length()));
        if (value != null && value.length > BYTES_MAX) {
            error += " (cut from " + value.length + " bytes)";
        }
        return new DeadLetter(
                READER,
                from.topic(),
                from.partition(),
                from.offset(),
                cut(key),
                cut(value),
                error,
                at);
    }

    private static byte @Nullable [] cut(byte @Nullable [] bytes) {
        return bytes == null || bytes.length <= BYTES_MAX ? bytes : Arrays.copyOf(bytes, BYTES_MAX);
    }
}
