package dev.turnpike.schemas.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UpstreamAttempt;
import dev.turnpike.schemas.usage.UsageSource;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {
    private static final GroupId GROUP = GroupId.ofUlid("01JD0000000000000000000001");
    private static final RecordCodec<RequestRecord> CODEC =
            RecordCodec.of(Subject.REQUESTS, RequestRecord.class);

    @Test
    void whatWasWrittenIsRead() {
        assertThat(CODEC.decode(CODEC.encode(settled()))).isEqualTo(settled());
    }

    @Test
    void theEnvelopeIsConfluents() {
        var bytes = CODEC.encode(settled());

        assertThat(Arrays.copyOf(bytes, 5)).containsExactly(0, 0, 0, 0, 22);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void damagedBytesAreUnreadableAndNothingElse(long seed) {
        var random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            var bytes = CODEC.encode(settled());
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            var cut = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            try {
                CODEC.decode(cut);
            } catch (UnreadableRecordException expected) {
                assertThat(expected).as("seed %d round %d", seed, round).hasMessageContaining(" ");
            }
        }
    }

    @Test
    void anUnknownSchemaIdIsUnreadable() {
        assertThatThrownBy(() -> CODEC.decode(new byte[] {0, 0, 0, 0, 99, 1}))
                .isInstanceOf(UnreadableRecordException.class)
                .hasMessageContaining("99");
    }

    private static RequestRecord settled() {
        var call =
                new Call(
                        RequestId.ofUlid("01JD0000000000000000000002"),
                        Instant.parse("2026-11-21T10:00:00.123456Z"),
                        new Caller(GROUP, GROUP, "acme", new KeyPrefix("tp_ABCDEFGHIJKL")),
                        "acme/m1",
                        null,
                        "chat",
                        true,
                        Map.of("order", "7", "a", "b"));
        var settlement =
                new Settlement(
                        Outcome.COMPLETED,
                        true,
                        new TokenUsage(10, 2, 0, 5, 1),
                        UsageSource.PROVIDER,
                        false,
                        null,
                        Provider.DEMO,
                        "demo",
                        200,
                        "stop",
                        Instant.parse("2026-11-21T10:00:01Z"),
                        877,
                        12L,
                        List.of(new UpstreamAttempt(Provider.DEMO, "demo", 200, null, 11)));
        var charge = new Charge(GROUP, "acme/m1", LimitType.TOKEN, LimitUnit.DAY, 20_000, 9, 15);
        return new RequestRecord(
                "edge-1/1", 4, new RequestFact.Settled(call, List.of(charge), settlement));
    }
}
