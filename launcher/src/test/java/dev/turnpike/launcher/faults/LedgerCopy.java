package dev.turnpike.launcher.faults;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LedgerEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Everything a billing pipeline would read from the ledger. */
public final class LedgerCopy implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Consumer<byte[], byte[]> consumer;
    private final RecordCodec<LedgerEntry> codec =
            RecordCodec.of(Subject.LEDGER, LedgerEntry.class);
    private final List<LedgerEntry> entries = new ArrayList<>();

    public LedgerCopy(String bootstrapServers) {
        consumer =
                new KafkaClients(KafkaSettings.plain(bootstrapServers))
                        .consumer("ledger-copy", KafkaClients.Start.EARLIEST);
        consumer.assign(
                IntStream.range(0, Topics.PARTITIONS)
                        .mapToObj(i -> new TopicPartition(Topics.LEDGER.name(), i))
                        .toList());
    }

    /** All entries so far, repetitions included. */
    public List<LedgerEntry> entries() {
        for (var record : consumer.poll(POLL)) {
            entries.add(codec.decode(record.value()));
        }
        return entries;
    }

    /** The charged ones. */
    List<LedgerEntry> charged() {
        return entries().stream().filter(LedgerEntry::charged).toList();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
