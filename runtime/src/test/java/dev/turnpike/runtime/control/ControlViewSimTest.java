package dev.turnpike.runtime.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is kept in memory, a view answers as its local copy would. */
class ControlViewSimTest {
    private static final RecordCodec<ControlState> CODEC =
            RecordCodec.of(Subject.CONTROL_STATE, ControlState.class);
    private static final GroupId GROUP = GroupId.ofUlid("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final int STEPS = 1_500;
    private static final int KEYS = 40;
    private static final int DECODED_MAX = 8;

    @ParameterizedTest
    @CsvSource({"1,100000", "2,100000", "3,4000", "4,4000", "20261122,4000", "6,0"})
    void whatIsKeptInMemoryIsWhatTheCopyHas(long seed, long bytesMax) {
        var run = new Run(new Random(seed), bytesMax);
        for (int step = 0; step < STEPS; step++) {
            run.step();
            run.check("step %d, seed %d".formatted(step, seed));
        }
        assertThat(run.keptMost)
                .as("memory was used")
                .isGreaterThanOrEqualTo(Math.min(bytesMax, 5_000) / 2);
    }

    private static final class Run {
        private final Random random;
        private final long bytesMax;
        private final ControlView view = new ControlView(CompiledSchemas.INSTANCE, DECODED_MAX);
        private MapStore store = new MapStore();
        private long position;
        private int version;
        private long keptMost;

        Run(Random random, long bytesMax) {
            this.random = random;
            this.bytesMax = bytesMax;
            view.keepResident(bytesMax);
            view.load(store);
        }

        void step() {
            switch (random.nextInt(40)) {
                case 0 -> wipe();
                case 1, 2, 3 -> view.load(store); // As Streams does when it has restored.
                case 4, 5, 6, 7 -> warm();
                case 8 -> loseMemory();
                default -> follow();
            }
        }

        private void follow() {
            var records = new ArrayList<ControlRecord>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                records.add(record(random.nextInt(KEYS), random.nextInt(3) > 0));
            }
            view.apply(store, records);
        }

        private ControlRecord record(int number, boolean exists) {
            var key = ResourceKind.API_KEY.stateKey(prefix(number));
            var value = exists ? CODEC.encode(new ControlState(1, key(number, ++version))) : null;
            return ControlRecord.of(key, value, ++position).orElseThrow();
        }

        /** The copy is read while the log goes on, is wiped, or is closed. */
        private void warm() {
            var read = store;
            read.iterated = 0;
            read.closesAfter = random.nextInt(5) == 0 ? random.nextInt(KEYS) : Integer.MAX_VALUE;
            int end = random.nextInt(3) == 0 ? random.nextInt(KEYS) : Integer.MAX_VALUE;
            try {
                view.warm(() -> {
                    switch (random.nextInt(60)) {
                        case 0 -> wipe();
                        case 1 -> view.load(store);
                        case 2, 3, 4, 5, 6, 7, 8, 9 -> follow();
                        default -> {}
                    }
                    return read.iterated < end;
                });
            } catch (StreamsException closed) {
                assertThat(read.closesAfter).isLessThan(KEYS);
            }
            read.closesAfter = Integer.MAX_VALUE;
            assertThat(read.open).isZero();
        }

        /** Only what exists comes again, not what was deleted: the log is compacted. */
        private void wipe() {
            var before = store;
            store = new MapStore();
            view.load(store);
            for (var key : before.keys()) {
                var again = ControlRecord.of(key, before.get(key), ++position);
                if (random.nextInt(8) > 0) {
                    view.apply(store, List.of(again.orElseThrow()));
                }
            }
        }

        /** The copy is there, but the process is new. */
        private void loseMemory() {
            view.keepResident(bytesMax);
            view.load(store);
        }

        void check(String when) {
            long ofAll = 0;
            for (int number = 0; number < KEYS; number++) {
                var key = ResourceKind.API_KEY.stateKey(prefix(number));
                var bytes = store.get(key);
                var expected = bytes == null ? null : name(CODEC.decode(bytes).resource());
                var found = view.apiKey(prefix(number)).map(Run::name).orElse(null);
                assertThat(found).as("%s, key %d", when, number).isEqualTo(expected);
                ofAll += bytes == null ? 0 : ResidentRecords.cost(key, bytes);
            }
            long kept = view.residentBytes();
            assertThat(kept).as(when).isBetween(0L, Math.min(bytesMax, ofAll));
            keptMost = Math.max(keptMost, kept);
        }

        /** Tells every version of every key from the others. */
        private static String name(Resource resource) {
            return String.valueOf(((ApiKey) resource).name());
        }
    }

    private static String prefix(int number) {
        return "tp_%012d".formatted(number);
    }

    private static ApiKey key(int number, int version) {
        var models = IntStream.range(0, version % 7).mapToObj(i -> "acme/" + i).toList();
        return new ApiKey(
                new KeyPrefix(prefix(number)),
                GROUP,
                GROUP,
                "version " + version,
                new byte[32],
                1,
                Instant.EPOCH,
                null,
                models.isEmpty() ? null : models,
                List.of(),
                null,
                null);
    }
}
