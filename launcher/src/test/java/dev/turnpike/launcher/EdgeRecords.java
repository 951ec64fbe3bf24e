package dev.turnpike.launcher;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.DecisionId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.ClientTrace;
import dev.turnpike.schemas.usage.Decision;
import dev.turnpike.schemas.usage.LimitBreach;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UsageSource;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes what an edge would write, to the log of requests. */
final class EdgeRecords implements AutoCloseable {
    static final String SLUG = "acme/m1";
    static final String KEY = "key_AbCdEfGh1234";

    private static final RecordCodec<RequestRecord> CODEC =
            RecordCodec.of(Subject.REQUESTS, RequestRecord.class);

    private final IdSource ids = new IdSource(InstantSource.system(), new Random(7));
    private final long[] sequences = new long[Topics.PARTITIONS];
    private final Producer<byte[], byte[]> producer;

    EdgeRecords(KafkaClients clients) {
        producer = clients.batchingProducer("test-edge");
    }

    /** A group that calls, as records name it, with the prefix of its key. */
    record Customer(String group, String root, String external, String key, List<GroupId> between) {
        Customer(String group, String root, String external, String... between) {
            this(group, root, external, KEY, Stream.of(between).map(GroupId::new).toList());
        }

        Customer withKey(String other) {
            return new Customer(group, root, external, other, between);
        }

        Caller caller() {
            return new Caller(
                    new GroupId(group), new GroupId(root), external, new KeyPrefix(key), between);
        }
    }

    /** A request of 150 tokens that ended well. */
    RequestId settled(Customer who, Instant at, Charge... charges) {
        return ended(who, at, Outcome.COMPLETED, true, charges);
    }

    RequestId ended(Customer who, Instant at, Outcome outcome, boolean charged, Charge... charges) {
        var call = call(who, at);
        var settlement =
                new Settlement(
                        outcome,
                        charged,
                        new TokenUsage(100, 0, 0, 50, 0),
                        UsageSource.PROVIDER,
                        false,
                        null,
                        Provider.DEMO,
                        "m-1",
                        200,
                        "stop",
                        at,
                        10,
                        null,
                        List.of());
        send(who, new RequestFact.Settled(call, List.of(charges), settlement));
        return call.requestId();
    }

    /** A request that a day's limit of {@code source} refused. */
    DecisionId refused(Customer who, Instant at, String source) {
        var limit =
                new EffectiveLimit(
                        LimitType.COST,
                        LimitUnit.DAY,
                        2_500_000_000L,
                        new GroupId(source),
                        new GroupId(source));
        long window = LimitUnit.DAY.window(at);
        var breach =
                new LimitBreach(
                        SLUG,
                        limit,
                        2_400_000_000L,
                        50_000_000L,
                        100_000_000L,
                        LimitUnit.DAY.windowStart(window),
                        LimitUnit.DAY.windowExpiry(window));
        var id = DecisionId.ofUlid(ids.next());
        var decision = new Decision(id, 429, "insufficient_quota", breach, null);
        send(who, new RequestFact.Refused(call(who, at), decision));
        return id;
    }

    static Charge charge(String group, LimitType type, LimitUnit unit, Instant at, long amount) {
        return new Charge(new GroupId(group), SLUG, type, unit, unit.window(at), amount, amount);
    }

    private Call call(Customer who, Instant at) {
        return new Call(
                RequestId.ofUlid(ids.next()),
                at,
                who.caller(),
                SLUG,
                null,
                "chat",
                false,
                Map.of("order", "7"),
                new ClientTrace("client-7", 2));
    }

    private void send(Customer who, RequestFact fact) {
        int partition = Topics.partition(Topics.REQUESTS, who.root());
        var record = new RequestRecord("edge/1", ++sequences[partition], fact);
        var _ =
                producer.send(
                        new ProducerRecord<>(
                                Topics.REQUESTS.name(),
                                who.root().getBytes(StandardCharsets.UTF_8),
                                CODEC.encode(record)));
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }
}
