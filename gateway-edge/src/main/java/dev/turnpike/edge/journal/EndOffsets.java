package dev.turnpike.edge.journal;

/** Asks the broker where the partitions of {@code turnpike.requests} end. */
public interface EndOffsets extends AutoCloseable {
    /**
     * The offset that the next record of each partition will have. Waits a bounded time.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer
     */
    long[] ask();

    @Override
    void close();
}
