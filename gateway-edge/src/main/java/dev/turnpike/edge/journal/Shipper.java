package dev.turnpike.edge.journal;

import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.Threads;
import dev.turnpike.schemas.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the journal to Kafka, in order, for as long as it takes. On any error the producer is
 * thrown away and everything without acknowledgement is sent again, so records may come twice but
 * none is missing and none overtakes another. One thread of its own; request threads never wait for
 * it.
 */
public final class Shipper implements AutoCloseable {
    /** Pause after the first failure; doubles with each. */
    static final Duration BACKOFF_MIN = Duration.ofMillis(100);

    /** Longest pause after a failure. */
    static final Duration BACKOFF_MAX = Duration.ofSeconds(10);

    /** How often partitions are asked whether they have lost what they acknowledged. */
    static final Duration ENDS_EVERY = Duration.ofSeconds(30);

    /** How long {@link #close} waits for what is on its way. */
    static final Duration DRAIN = Duration.ofSeconds(5);

    private static final Logger LOGGER = LoggerFactory.getLogger(Shipper.class);
    private static final Duration IDLE = Duration.ofMillis(100);

    /** Rest between two rounds: what is appended meanwhile goes together. */
    private static final Duration GATHER = Duration.ofMillis(8);

    private static final Duration PRODUCER_CLOSE = Duration.ofSeconds(1);
    private static final int READ_RECORDS = 500;
    private static final long READ_BYTES = 1L << 20;

    private final Journal journal;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Supplier<? extends EndOffsets> endOffsets;
    private final InstantSource clock;
    private final Queue<Send> completions = new ConcurrentLinkedQueue<>();
    private ShippingWindow window;
    private @Nullable Producer<byte[], byte[]> producer;
    private @Nullable EndOffsets ends;
    private Duration backoff = BACKOFF_MIN;
    private @Nullable Instant failedAt;
    private @Nullable Instant endsAskedAt;
    private @Nullable Thread thread;
    private volatile boolean idle;
    private volatile boolean stopping;
    private volatile boolean connected;

    /** One send, and what became of it: written by the producer's thread, then handed over. */
    private final class Send implements Callback {
        private final Producer<byte[], byte[]> by;
        private final int session;
        private final long position;
        private long offset = -1;
        private @Nullable Exception error;

        Send(Producer<byte[], byte[]> by, int session, long position) {
            this.by = by;
            this.session = session;
            this.position = position;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (failure != null) {
                // At once, before this producer sends what came after it.
                by.close(Duration.ZERO);
            } else if (metadata != null && metadata.hasOffset()) {
                offset = metadata.offset();
            }
            error = failure;
            completions.add(this);
            wake();
        }
    }

    /**
     * @param producers makes an idempotent producer; asked again after every failure
     * @param endOffsets asked likewise
     */
    public Shipper(
            Journal journal,
            Supplier<Producer<byte[], byte[]>> producers,
            Supplier<? extends EndOffsets> endOffsets,
            InstantSource clock) {
        this.journal = journal;
        this.producers = producers;
        this.endOffsets = endOffsets;
        this.clock = clock;
        this.window =
                new ShippingWindow(journal.acknowledgedPosition(), journal.acknowledgedOffsets());
    }

    /** Starts the thread. Once. */
    public void start(FailureSink onFailure) {
        thread = Threads.platform("journal-shipper", onFailure, this::run);
        journal.onAppend(this::wake);
    }

    /** Whether the last that was heard of Kafka was good. */
    public boolean connected() {
        return connected;
    }

    private void run() {
        while (!stopping) {
            step();
            rest();
        }
        var stopped = clock.instant();
        while (connected && behind() && !passed(DRAIN, stopped)) {
            step();
            rest();
        }
        disconnect(PRODUCER_CLOSE);
    }

    private boolean behind() {
        return window.acknowledged() + 1 < journal.end();
    }

    /** One round: hear what arrived, send what fits, save what is safe. Never throws for Kafka. */
    void step() {
        try {
            if (connect()) {
                hear();
                watchEnds();
                send();
            }
        } catch (KafkaException | JournalStoreException e) {
            fail(e);
        }
        journal.upkeep();
    }

    private boolean connect() {
        if (producer != null) {
            return true;
        }
        if (!passed(backoff, failedAt)) {
            return false;
        }
        producer = producers.get();
        endsAskedAt = null;
        return true;
    }

    private boolean passed(Duration pause, @Nullable Instant since) {
        return since == null
                || Duration.between(since, clock.instant()).abs().compareTo(pause) >= 0;
    }

    private void send() {
        var mine = producer;
        long end = journal.end();
        while (mine != null && window.hasRoom() && window.next() < end) {
            for (var record : journal.read(window.next(), READ_RECORDS, READ_BYTES)) {
                if (!window.hasRoom() || record.position() >= end) {
                    return;
                }
                window.sent(record.position(), record.partition(), record.value().length);
                send(mine, window.session(), record);
            }
        }
    }

    private void send(Producer<byte[], byte[]> mine, int session, JournalRecord record) {
        var message =
                new ProducerRecord<>(
                        Topics.REQUESTS.name(),
                        record.partition(),
                        record.writtenAt().toEpochMilli(),
                        record.key(),
                        record.value());
        try {
            var unused = mine.send(message, new Send(mine, session, record.position()));
        } catch (IllegalStateException e) { // Closed by an earlier record's error.
            throw new KafkaException("the producer is closed", e);
        }
    }

    private void hear() {
        for (var one = completions.poll(); one != null; one = completions.poll()) {
            if (one.session != window.session()) {
                continue;
            }
            if (one.error != null) {
                throw one.error instanceof KafkaException e
                        ? e
                        : new KafkaException("a record was not sent", one.error);
            }
            window.arrived(one.session, one.position, one.offset);
            connected = true;
            backoff = BACKOFF_MIN;
        }
        long freed = window.takeFreedBytes();
        if (freed > 0) {
            journal.acknowledge(window.acknowledged(), freed, window.offsets());
        }
        if (window.wentBack()) {
            sendKeptAgain();
        }
    }

    /** A partition that ends before what it acknowledged has lost records. */
    private void watchEnds() {
        if (!passed(ENDS_EVERY, endsAskedAt)) {
            return;
        }
        var asked = ends == null ? endOffsets.get() : ends;
        ends = asked;
        // Taken before the question: what arrives meanwhile only moves the ends further.
        var offsets = window.offsets();
        var found = asked.ask();
        endsAskedAt = clock.instant();
        connected = true;
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] >= found[i]) {
                sendKeptAgain();
                return;
            }
        }
    }

    private void sendKeptAgain() {
        LOGGER.atError().log("the broker lost acknowledged records; sending all kept ones again");
        disconnect(Duration.ZERO);
        journal.rewind();
        window = new ShippingWindow(journal.acknowledgedPosition(), journal.acknowledgedOffsets());
        completions.clear();
    }

    private void fail(RuntimeException cause) {
        if (connected || failedAt == null) {
            LOGGER.atWarn()
                    .addKeyValue("error", cause.getClass().getSimpleName())
                    .log("shipping is interrupted; records stay in the journal");
        }
        disconnect(Duration.ZERO);
        var doubled = backoff.multipliedBy(2);
        backoff = doubled.compareTo(BACKOFF_MAX) > 0 ? BACKOFF_MAX : doubled;
        failedAt = clock.instant();
    }

    private void disconnect(Duration patience) {
        connected = false;
        if (producer != null) {
            producer.close(patience);
            producer = null;
        }
        if (ends != null) {
            ends.close();
            ends = null;
        }
        window.restart();
    }

    private void wake() {
        var sleeper = thread;
        if (idle && sleeper != null) {
            LockSupport.unpark(sleeper);
        }
    }

    private void rest() {
        idle = true;
        boolean work =
                producer != null
                        && (!completions.isEmpty()
                                || (window.hasRoom() && window.next() < journal.end()));
        if (!work) {
            LockSupport.parkNanos(this, IDLE.toNanos());
        }
        idle = false;
        if (!stopping) {
            LockSupport.parkNanos(this, GATHER.toNanos());
        }
    }

    /** Stops after at most {@link #DRAIN}; what is not acknowledged waits in the journal. */
    @Override
    public void close() {
        stopping = true;
        var running = thread;
        if (running == null) {
            disconnect(Duration.ZERO);
            return;
        }
        LockSupport.unpark(running);
        try {
            running.join(DRAIN.plus(DRAIN));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
