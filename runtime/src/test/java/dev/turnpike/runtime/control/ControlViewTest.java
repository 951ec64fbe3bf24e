package dev.turnpike.runtime.control;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

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
        return new ApiKey(
                new KeyPrefix("tp_%012d".formatted(number)),
                GROUP,
                GROUP,
                null,
                new byte[32],
                1,
                Instant.EPOCH,
                null,
                null,
                List.of(),
                null,
                null);
    }
}
