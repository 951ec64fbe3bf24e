package dev.turnpike.runtime.kafka;

import dev.turnpike.schemas.avro.UnreadableRecordException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts records a Streams application cannot read, or cannot write because they are too large, into
 * the dead letters and goes on. Anything else is a bug or an outage and stops the thread.
 */
final class DeadLetterHandler {
    /** Key under which the application's {@link DeadLetters} stand in its configuration. */
    static final String DEAD_LETTERS = "dev.turnpike.dead-letters";

    private static final Logger LOGGER = LoggerFactory.getLogger(DeadLetterHandler.class);

    private DeadLetterHandler() {}

    /** Bytes that no deserializer understands. */
    public static final class OfDeserialization implements DeserializationExceptionHandler {
        private @Nullable DeadLetters letters;

        @Override
        public void configure(Map<String, ?> configs) {
            letters = (DeadLetters) configs.get(DEAD_LETTERS);
        }

        @Override
        public Response handleError(
                ErrorHandlerContext context,
                ConsumerRecord<byte[], byte[]> record,
                Exception exception) {
            if (!unreadable(exception)) {
                return Response.fail();
            }
            return Response.resume(
                    letter(letters, context, record.key(), record.value(), exception));
        }
    }

    /** Records a processor found unreadable; any other exception of a processor is a bug. */
    public static final class OfProcessing implements ProcessingExceptionHandler {
        private @Nullable DeadLetters letters;

        @Override
        public void configure(Map<String, ?> configs) {
            letters = (DeadLetters) configs.get(DEAD_LETTERS);
        }

        @Override
        public Response handleError(
                ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
            if (!(exception instanceof UnreadableRecordException)) {
                return Response.fail();
            }
            return Response.resume(
                    letter(
                            letters,
                            context,
                            context.sourceRawKey(),
                            context.sourceRawValue(),
                            exception));
        }
    }

    /** Results larger than the cluster takes. */
    public static final class OfProduction implements ProductionExceptionHandler {
        private @Nullable DeadLetters letters;

        @Override
        public void configure(Map<String, ?> configs) {
            letters = (DeadLetters) configs.get(DEAD_LETTERS);
        }

        @Override
        public Response handleError(
                ErrorHandlerContext context,
                ProducerRecord<byte[], byte[]> record,
                Exception exception) {
            if (!(exception instanceof RecordTooLargeException)) {
                return Response.fail();
            }
            return Response.resume(letter(letters, context, record.key(), null, exception));
        }
    }

    /** Whether the bytes are at fault, not the network on the way to their schema. */
    private static boolean unreadable(Throwable exception) {
        return exception instanceof UnreadableRecordException
                || exception instanceof org.apache.kafka.common.errors.SerializationException;
    }

    private static List<ProducerRecord<byte[], byte[]>> letter(
            @Nullable DeadLetters letters,
            ErrorHandlerContext context,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Exception exception) {
        LOGGER.atError()
                .addKeyValue("topic", context.topic())
                .addKeyValue("partition", context.partition())
                .addKeyValue("offset", context.offset())
                .addKeyValue("error", exception.getClass().getSimpleName())
                .log("record put into the dead letters");
        var text = exception.getMessage();
        return List.of(
                Objects.requireNonNull(letters)
                        .of(
                                context.topic(),
                                context.partition(),
                                context.offset(),
                                key,
                                value,
                                text == null ? exception.getClass().getSimpleName() : text));
    }
}
