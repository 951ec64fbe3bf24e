package dev.turnpike.control.usage;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A compacted topic in a global store: the newest value of each key, on disk. Any thread reads, the
 * thread of Streams writes.
 *
 * @param <T> its values
 */
final class CopiedTopic<T extends java.lang.Record> {
    private static final Logger LOGGER = LoggerFactory.getLogger(CopiedTopic.class);

    private final String name;
    private final Subject subject;
    private final RecordCodec<T> codec;
    private volatile @Nullable KeyValueStore<String, byte[]> store;

    /**
     * @param name of the store; kept for ever, as its files are found by it
     */
    CopiedTopic(String name, Subject subject, Class<T> type, SchemaIds schemas) {
        this.name = name;
        this.subject = subject;
        this.codec = RecordCodec.of(subject, type, schemas);
    }

    /** Adds the store and what fills it. */
    void addTo(Topology topology) {
        topology.addGlobalStore(
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(name),
                                Serdes.String(),
                                Serdes.ByteArray())
                        .withLoggingDisabled()
                        .withCachingDisabled(),
                name + "-source",
                Serdes.String().deserializer(),
                Serdes.ByteArray().deserializer(),
                subject.topic().name(),
                name + "-follower",
                Follower::new);
    }

    /**
     * The value of {@code key}; empty when there is none or it cannot be read.
     *
     * @throws InvalidStateStoreException if there is no copy to be read now
     */
    Optional<T> find(String key) {
        var opened = store;
        if (opened == null) {
            throw new InvalidStateStoreException(name + " is not open");
        }
        try {
            return Optional.ofNullable(opened.get(key)).map(codec::decode);
        } catch (UnreadableRecordException e) {
            LOGGER.atError()
                    .setCause(e)
                    .addKeyValue("store", name)
                    .addKeyValue("key", key)
                    .log("unreadable record");
            return Optional.empty();
        }
    }

    /** Writes the log into the copy. */
    private final class Follower implements Processor<String, byte[], Void, Void> {
        private @Nullable KeyValueStore<String, byte[]> opened;

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            KeyValueStore<String, byte[]> mine = context.getStateStore(name);
            opened = mine;
            store = mine;
        }

        @Override
        public void process(Record<String, byte @Nullable []> record) {
            Objects.requireNonNull(opened).put(record.key(), record.value());
        }
    }
}
