package dev.turnpike.runtime.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ControlViewTest {
    private static final RecordCodec<ControlState> CODEC =
            RecordCodec.of(Subject.CONTROL_STATE, ControlState.class);
    private static final GroupId GROUP = GroupId.ofUlid("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final int DECODED_MAX = 64;
    private static final int KEYS = 1_000;

    private final MapStore store = new MapStore();
    private final ControlView view = new ControlView(CompiledSchemas.INSTANCE, DECODED_MAX);

    @Test
    void aGroupIsKeptDecodedHoweverManyKeysAreAskedForOnceInBetween() {
        write(group());
        IntStream.range(0, KEYS).forEach(i -> write(key(i)));
        view.load(store);

        assertThat(view.group(GROUP)).isPresent();
        askForEveryKey();
        assertThat(view.group(GROUP)).isPresent();
        askForEveryKey();
        int before = store.gets;

        assertThat(view.group(GROUP)).contains(group());
        assertThat(store.gets).isEqualTo(before);
    }

    @Test
    void nothingIsAnsweredBeforeAllOfTheFirstLoadIsIn() {
        var seen = new ArrayList<Boolean>();
        store.onRange = () -> seen.add(view.loaded());

        view.load(store);

        assertThat(seen).isNotEmpty().containsOnly(false);
        assertThat(view.loaded()).isTrue();
    }

    @Test
    void whatIsInMemoryIsNotAskedOfTheCopy() {
        IntStream.range(0, KEYS).forEach(i -> write(key(i)));
        view.keepResident(1 << 20);
        view.load(store);
        view.warm(() -> true);
        store.gets = 0;

        askForEveryKey();

        assertThat(store.gets).isZero();
    }

    @Test
    void aCopyThatIsClosedIsNotAnsweredFromMemory() {
        write(key(0));
        view.keepResident(1 << 20);
        view.load(store);
        view.warm(() -> true);

        store.close();

        assertThatThrownBy(() -> view.apiKey(key(0).prefix().value()))
                .isInstanceOf(ProblemException.class);
    }

    /** Keys change and go, and the copy is read and wiped, while others ask. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void nobodyFindsWhatWasChangedBeforeHeAsked() throws Exception {
        int keys = 32;
        int changes = 40_000;
        view.keepResident(1 << 20);
        view.load(store);
        var last = new AtomicLongArray(keys);
        try (var threads = Executors.newFixedThreadPool(4)) {
            var follower =
                    threads.submit(() -> {
                        var copy = store;
                        for (int change = 1; change <= changes; change++) {
                            int number = change % keys;
                            view.apply(copy, List.of(change(number, change)));
                            last.set(number, change);
                            if (change % 1_000 == 0) {
                                copy = change % 3_000 == 0 ? new MapStore() : copy.again();
                                view.load(copy);
                            }
                        }
                    });
            var others = new ArrayList<Future<?>>();
            others.add(
                    threads.submit(() -> {
                        while (!follower.isDone()) {
                            view.warm(() -> true);
                        }
                    }));
            for (int i = 0; i < 2; i++) {
                others.add(
                        threads.submit(() -> {
                            for (int n = 0; !follower.isDone(); n++) {
                                long before = last.get(n % keys);
                                assertThat(versionFound(n % keys))
                                        .isGreaterThanOrEqualTo((int) before);
                            }
                        }));
            }
            follower.get();
            for (var other : others) {
                other.get();
            }
        }
        for (int number = 0; number < keys; number++) {
            int change = (int) last.get(number);
            var found = view.apiKey(prefix(number)).map(ApiKey::pepperVersion);
            assertThat(found).isEqualTo(gone(change) ? Optional.empty() : Optional.of(change));
        }
    }

    /** Later than any where there is none, or none can be found now. */
    private int versionFound(int number) {
        try {
            return view.apiKey(prefix(number)).map(ApiKey::pepperVersion).orElse(Integer.MAX_VALUE);
        } catch (ProblemException closed) {
            return Integer.MAX_VALUE;
        }
    }

    private static ControlRecord change(int number, int version) {
        var key = key(number, version);
        var value = gone(version) ? null : CODEC.encode(new ControlState(1, key));
        return ControlRecord.of(key.stateKey(), value, version).orElseThrow();
    }

    private static boolean gone(int version) {
        return version / 32 % 5 == 0;
    }

    private void askForEveryKey() {
        for (int i = 0; i < KEYS; i++) {
            assertThat(view.apiKey(key(i).prefix().value())).isPresent();
        }
    }

    private void write(Resource resource) {
        store.put(resource.stateKey(), CODEC.encode(new ControlState(1, resource)));
    }

    private static Group group() {
        return new Group(
                GROUP,
                "customer",
                null,
                List.of(),
                List.of(),
                LimitEnforcement.INDEPENDENT,
                null,
                GROUP,
                1,
                Instant.EPOCH,
                Instant.EPOCH,
                1);
    }

    private static ApiKey key(int number) {
        return key(number, 1);
    }

    private static String prefix(int number) {
        return "tp_%012d".formatted(number);
    }

    private static ApiKey key(int number, int version) {
        return new ApiKey(
                new KeyPrefix(prefix(number)),
                GROUP,
                GROUP,
                null,
                new byte[32],
                version,
                Instant.EPOCH,
                null,
                null,
                List.of(),
                null,
                null);
    }
}
