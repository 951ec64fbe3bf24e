package dev.turnpike.launcher;

import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.PriceId;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.topic.Topic;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.unit.TokenRate;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UsageSource;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Requests of several root groups as one edge would write them, each with a begin and an end. */
final class UsageTraffic {
    static final String SLUG = "acme/m1";
    static final int GROUPS = 5;
    static final long TOKENS_EACH = 150;

    /** Two dollars a million in, six out. */
    static final long NANO_USD_EACH = 100 * 2_000 + 50 * 6_000;

    private static final RecordCodec<RequestRecord> REQUESTS =
            RecordCodec.of(Subject.REQUESTS, RequestRecord.class);
    private static final RecordCodec<ControlState> STATE =
            RecordCodec.of(Subject.CONTROL_STATE, ControlState.class);

    private final Instant now;
    private final String time;
    private final long[] sequences = new long[Topics.PARTITIONS];

    /**
     * @param now when every request is admitted
     */
    UsageTraffic(Instant now) {
        this.now = now;
        this.time = new IdSource(InstantSource.fixed(now), new Random(1)).next().substring(0, 10);
    }

    RequestId id(int number) {
        return RequestId.ofUlid(time + "%016d".formatted(number));
    }

    static GroupId group(int number) {
        return GroupId.ofUlid("%026d".formatted(number % GROUPS));
    }

    Charge charge(int group, long reserved, long actual) {
        long window = LimitUnit.DAY.window(now);
        return new Charge(
                group(group), SLUG, LimitType.TOKEN, LimitUnit.DAY, window, reserved, actual);
    }

    /** The records of requests {@code from} to {@code to}, about a third of them twice. */
    List<ProducerRecord<byte[], byte[]>> requests(int from, int to, Random random) {
        var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
        for (int number = from; number < to; number++) {
            add(records, started(number), random);
            add(records, settled(number), random);
        }
        return records;
    }

    private void add(
            List<ProducerRecord<byte[], byte[]>> records, RequestFact fact, Random random) {
        var key = fact.call().caller().rootGroupId().value();
        int partition = Topics.partition(Topics.REQUESTS, key);
        var value = REQUESTS.encode(new RequestRecord("e/1", ++sequences[partition], fact));
        var record = record(Topics.REQUESTS, key, value);
        records.add(record);
        if (random.nextInt(10) < 3) {
            records.add(Math.max(0, records.size() - random.nextInt(40)), record);
        }
    }

    private RequestFact started(int number) {
        return new RequestFact.Started(call(number), List.of(charge(number, 400, 0)), 100);
    }

    private RequestFact settled(int number) {
        var settlement =
                new Settlement(
                        Outcome.COMPLETED,
                        true,
                        new TokenUsage(100, 0, 0, 50, 0),
                        UsageSource.PROVIDER,
                        false,
                        null,
                        Provider.DEMO,
                        "m-1",
                        200,
                        "stop",
                        now,
                        10,
                        null,
                        List.of());
        return new RequestFact.Settled(
                call(number), List.of(charge(number, 400, TOKENS_EACH)), settlement);
    }

    private Call call(int number) {
        var group = group(number);
        var caller = new Caller(group, group, "customer", new KeyPrefix("tp_AbCdEfGh1234"));
        return new Call(id(number), now, caller, SLUG, null, "chat", false, Map.of());
    }

    /** The control record of the slug's price. */
    ProducerRecord<byte[], byte[]> price() {
        var price =
                new Price(
                        PriceId.ofUlid("%026d".formatted(1)),
                        SLUG,
                        null,
                        null,
                        new TokenRate(2_000_000),
                        null,
                        null,
                        new TokenRate(6_000_000),
                        null,
                        now.minusSeconds(60),
                        null,
                        now,
                        now,
                        1);
        return record(
                Topics.CONTROL_STATE, price.stateKey(), STATE.encode(new ControlState(1, price)));
    }

    static ProducerRecord<byte[], byte[]> record(Topic topic, String key, byte[] value) {
        return new ProducerRecord<>(topic.name(), key.getBytes(StandardCharsets.UTF_8), value);
    }
}
