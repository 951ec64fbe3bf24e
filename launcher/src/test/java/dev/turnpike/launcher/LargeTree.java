package dev.turnpike.launcher;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A root with so many groups in all, and so many keys each, as it stands in the control state of an
 * installation that begins with it: to make it by commands would take longer than what is tested.
 */
record LargeTree(int groups, int keysOfEach) {
    private static final RecordCodec<ControlState> CODEC =
            RecordCodec.of(Subject.CONTROL_STATE, ControlState.class);
    private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");

    /** Groups and keys. */
    int size() {
        return groups * (keysOfEach + 1);
    }

    String root() {
        return id(0).value();
    }

    /** The last group. */
    String leaf() {
        return id(groups - 1).value();
    }

    /** Writes it; before a control plane reads the topic. */
    void write(KafkaClients clients) {
        try (var producer = clients.batchingProducer("large-tree")) {
            var sent = new ArrayList<Future<RecordMetadata>>();
            for (int i = 0; i < groups; i++) {
                sent.add(producer.send(record(group(i))));
                for (int j = 0; j < keysOfEach; j++) {
                    sent.add(producer.send(record(key(i, j))));
                }
            }
            for (var one : sent) {
                one.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ProducerRecord<byte[], byte[]> record(Resource resource) {
        return new ProducerRecord<>(
                Topics.CONTROL_STATE.name(),
                resource.stateKey().getBytes(StandardCharsets.UTF_8),
                CODEC.encode(new ControlState(0, resource)));
    }

    private static GroupId id(int number) {
        return new GroupId("grp_01JD%022d".formatted(number));
    }

    private static Group group(int number) {
        @Nullable GroupId parent = number == 0 ? null : id(0);
        return new Group(
                id(number),
                "large-" + number,
                null,
                List.of(new ModelAccess("a/b", List.of(), List.of())),
                List.of(),
                LimitEnforcement.CASCADING,
                parent,
                id(0),
                number == 0 ? 1 : 2,
                MADE,
                MADE,
                1);
    }

    private static ApiKey key(int group, int number) {
        return new ApiKey(
                new KeyPrefix("tp_%06d%06d".formatted(group, number)),
                id(group),
                id(0),
                null,
                new byte[32],
                1,
                MADE,
                null,
                null,
                List.of(),
                null,
                null);
    }
}
