package dev.turnpike.runtime.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.LogHead;
import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.topic.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControlRestoreTest {
    private static final TopicPartition PARTITION =
            new TopicPartition(Topics.CONTROL_STATE.name(), 0);
    private static final RecordCodec<ControlState> CODEC =
            RecordCodec.of(Subject.CONTROL_STATE, ControlState.class);
    private static final byte[] ANY = {1};
    private static final GroupId PARENT = GroupId.ofUlid("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final Group CHILD =
            new Group(
                    GroupId.ofUlid("01ARZ3NDEKTSV4RRFFQ69G5FAW"),
                    "customer",
                    null,
                    List.of(),
                    List.of(),
                    LimitEnforcement.INDEPENDENT,
                    PARENT,
                    PARENT,
                    2,
                    Instant.EPOCH,
                    Instant.EPOCH,
                    1);

    private final ControlView view = new ControlView(CompiledSchemas.INSTANCE, 10);
    private final ControlRestore restore = new ControlRestore(view);
    private final MapStore store = new MapStore();

    @BeforeEach
    void open() {
        view.load(store);
    }

    @Test
    void aRecordThatComesAloneIsVisibleAtOnceTogetherWithItsPosition() {
        restore.take(store, "group/a", ANY, 7);

        assertThat(store.writes).containsExactly(List.of("group/a", "/position"));
        assertThat(view.position()).isEqualTo(7);
    }

    @Test
    void aPollOfARestoreIsOneWriteInItsOrder() {
        start();
        restore.take(store, "group/a", ANY, 3);
        restore.take(store, "group/b", ANY, 4);
        restore.take(store, "group/a", null, 5);
        assertThat(store.writes).isEmpty();

        restore.onBatchRestored(PARTITION, ControlView.STORE, 6, 3);

        assertThat(store.writes)
                .containsExactly(List.of("group/a", "group/b", "group/a", "/position"));
        assertThat(store.keys()).containsExactly("group/b");
        assertThat(view.position()).isEqualTo(5);
    }

    @Test
    void aPollLargerThanTheBoundIsTakenInByParts() {
        start();
        for (int i = 0; i <= ControlRestore.TOGETHER_MAX; i++) {
            restore.take(store, "group/" + i, ANY, i);
        }

        assertThat(store.writes).hasSize(1);
        assertThat(view.position()).isEqualTo(ControlRestore.TOGETHER_MAX - 1);
    }

    @Test
    void theEndOfARestoreLeavesNothingBehindAndRecordsAreTakenOneByOneAgain() {
        start();
        restore.take(store, "group/a", ANY, 3);
        restore.onRestoreEnd(PARTITION, ControlView.STORE, 1);
        assertThat(store.keys()).containsExactly("group/a");

        restore.take(store, "group/b", ANY, 4);

        assertThat(store.keys()).containsExactly("group/a", "group/b");
        assertThat(view.position()).isEqualTo(4);
    }

    @Test
    void whatAFailedStartHadReadIsNotTakenIntoTheCopyOfTheNext() {
        start();
        restore.take(store, "group/stale", ANY, 9);
        var wiped = new MapStore();
        view.load(wiped);
        start();
        restore.take(wiped, "group/a", ANY, 0);
        restore.onRestoreEnd(PARTITION, ControlView.STORE, 1);

        assertThat(wiped.keys()).containsExactly("group/a");
        assertThat(view.position()).isEqualTo(0);
    }

    @Test
    void otherStoresOfTheApplicationAreNotItsBusiness() {
        StateRestoreListener listener = restore;
        listener.onRestoreStart(PARTITION, "another", 0, 9);

        restore.take(store, "group/a", ANY, 3);

        assertThat(store.keys()).containsExactly("group/a");
    }

    @Test
    void aRecordOfAnUnknownKindIsLeftOutOfThePoll() {
        start();
        restore.take(store, "group/a", ANY, 3);
        restore.take(store, "spaceship/b", ANY, 4);
        restore.take(store, "groups/c", ANY, 5);
        restore.take(store, "no-kind", ANY, 6);
        restore.onRestoreEnd(PARTITION, ControlView.STORE, 4);

        assertThat(store.keys()).containsExactly("group/a");
    }

    @Test
    void listenersHearOfAPollOnceItIsVisibleAndBeforeAnybodyWhoWaitsForIt() {
        var heard = new ArrayList<String>();
        var seen = new ArrayList<List<String>>();
        view.listen((kind, id) -> heard.add(kind + " " + id + " at " + view.sequence()));
        view.listen((kind, id) -> seen.add(List.copyOf(store.keys())));
        start();
        restore.take(store, "group/a", ANY, 3);
        var head = new LogHead(12, new byte[32], "http://127.0.0.1:1", Instant.EPOCH);
        restore.take(store, head.stateKey(), CODEC.encode(new ControlState(12, head)), 4);
        long edition = view.pricesEdition();
        restore.take(store, ResourceKind.PRICE.stateKey("gone"), null, 5);
        restore.onRestoreEnd(PARTITION, ControlView.STORE, 3);

        assertThat(heard)
                .containsExactly("GROUP a at 0", "LOG_HEAD control at 0", "PRICE gone at 0");
        assertThat(seen).containsOnly(List.of("group/a", head.stateKey()));
        assertThat(view.sequence()).isEqualTo(12);
        assertThat(view.pricesEdition()).isGreaterThan(edition);
        assertThat(view.prices()).isEqualTo(List.<Price>of());
    }

    @Test
    void theCopyKnowsItsPositionAfterARestart() {
        start();
        restore.take(store, "group/a", ANY, 41);
        restore.onRestoreEnd(PARTITION, ControlView.STORE, 1);

        var again = new ControlView(CompiledSchemas.INSTANCE, 10);
        again.load(store);

        assertThat(again.position()).isEqualTo(41);
    }

    @Test
    void aGroupThatWasMadeAndDeletedWithinOnePollIsRememberedUnderItsParent() {
        view.rememberDeletedGroups();
        start();
        restore.take(store, CHILD.stateKey(), CODEC.encode(new ControlState(1, CHILD)), 3);
        restore.take(store, CHILD.stateKey(), null, 4);
        restore.onRestoreEnd(PARTITION, ControlView.STORE, 2);

        assertThat(view.group(CHILD.id())).isEmpty();
        assertThat(view.lastParentOf(CHILD.id())).contains(PARENT);
    }

    @Test
    void aGroupOfTheCopyThatIsDeletedInAPollIsRememberedUnderItsParent() {
        view.rememberDeletedGroups();
        start();
        restore.take(store, CHILD.stateKey(), CODEC.encode(new ControlState(1, CHILD)), 3);
        restore.onBatchRestored(PARTITION, ControlView.STORE, 3, 1);
        restore.take(store, CHILD.stateKey(), null, 4);
        restore.onRestoreEnd(PARTITION, ControlView.STORE, 2);

        assertThat(view.lastParentOf(CHILD.id())).contains(PARENT);
    }

    private void start() {
        restore.onRestoreStart(PARTITION, ControlView.STORE, 0, 100);
    }
}
