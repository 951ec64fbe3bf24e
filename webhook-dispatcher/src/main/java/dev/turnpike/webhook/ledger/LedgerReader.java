package dev.turnpike.webhook.ledger;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.TopicReader;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.webhook.domain.LedgerRead;
import dev.turnpike.webhook.domain.LedgerRead.Entries;
import dev.turnpike.webhook.domain.LedgerRead.Failed;
import dev.turnpike.webhook.domain.LedgerRead.Found;
import dev.turnpike.webhook.domain.LedgerRead.Locate;
import dev.turnpike.webhook.domain.LedgerRead.Located;
import dev.turnpike.webhook.domain.LedgerRead.Outcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the ledger on one thread, which exists only while there is something to read. */
public final class LedgerReader implements AutoCloseable {
    /** Reads that may wait; further ones are refused. */
    public static final int WAITING_MAX = 64;

    private static final Duration IDLE_MAX = Duration.ofSeconds(10);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(6);
    private static final Logger LOGGER = LoggerFactory.getLogger(LedgerReader.class);

    private final RecordCodec<LedgerEntry> codec;
    private final TopicReader topic;
    private final ThreadPoolExecutor reading;

    public LedgerReader(KafkaClients clients, SchemaIds schemas) {
        codec = RecordCodec.of(Subject.LEDGER, LedgerEntry.class, schemas);
        topic = new TopicReader(clients, "webhook-replay", Topics.LEDGER);
        reading =
                new ThreadPoolExecutor(
                        1,
                        1,
                        IDLE_MAX.toMillis(),
                        TimeUnit.MILLISECONDS,
                        new ArrayBlockingQueue<>(WAITING_MAX),
                        Thread.ofPlatform().name("webhook-replay").daemon(true).factory());
        reading.allowCoreThreadTimeOut(true);
    }

    /**
     * Starts a read and returns.
     *
     * @param done receives the outcome once, on another thread
     * @return false if too many wait already; then nothing happens
     */
    public boolean start(LedgerRead read, Consumer<Outcome> done) {
        try {
            reading.execute(() -> done.accept(outcome(read)));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private Outcome outcome(LedgerRead read) {
        try {
            return switch (read) {
                case Locate locate ->
                        new Located(
                                locate,
                                topic.spans(locate.partitions(), locate.from(), locate.to()));
                case Entries entries -> found(entries);
            };
        } catch (KafkaException e) {
            LOGGER.atWarn()
                    .setCause(e)
                    .addKeyValue("replay", read.replayId())
                    .log("the ledger does not answer, asking again");
            return new Failed(read);
        } catch (RuntimeException bug) {
            // The root of the thread: the replay has to hear of it, or it waits for ever.
            LOGGER.atError()
                    .setCause(bug)
                    .addKeyValue("replay", read.replayId())
                    .log("a read of the ledger broke");
            return new Failed(read);
        }
    }

    private Found found(Entries read) {
        var chunk = topic.read(read.span(), read.entriesMax());
        var found = new LinkedHashMap<LedgerPosition, LedgerEntry>();
        for (var record : chunk.records()) {
            decode(record, found);
        }
        return new Found(read, found, chunk.left());
    }

    private void decode(
            ConsumerRecord<byte[], byte[]> record, LinkedHashMap<LedgerPosition, LedgerEntry> to) {
        try {
            to.put(
                    new LedgerPosition(record.partition(), record.offset()),
                    codec.decode(record.value()));
        } catch (UnreadableRecordException e) {
            LOGGER.atError()
                    .setCause(e)
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .log("unreadable ledger entry, left out of a replay");
        }
    }

    /** Ends what is being read within a few seconds. */
    @Override
    public void close() {
        reading.shutdownNow();
        try {
            if (!reading.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.atWarn().log("a read of the ledger did not stop in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        topic.close();
    }
}
