package dev.turnpike.runtime.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.turnpike.schemas.avro.CompiledSchemas;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CopyWarmingTest {
    private static final int RECORDS = 1_200;

    /** Memory that a record takes. */
    private static final long RECORD = ResidentRecords.cost("api_key/0000", new byte[88]);

    private final ControlView view = new ControlView(CompiledSchemas.INSTANCE, 10);
    private final MapStore store = new MapStore();

    @BeforeEach
    void fill() {
        for (int i = 0; i < RECORDS; i++) {
            store.put("api_key/%04d".formatted(i), new byte[88]);
        }
        view.keepResident(1 << 20);
        view.load(store);
        store.iterated = 0;
    }

    @Test
    void everyRecordIsReadOnceAndNothingIsLeftOpen() {
        new CopyWarming(view).run();

        assertThat(store.iterated).isEqualTo(RECORDS);
        assertThat(view.residentBytes()).isEqualTo(RECORDS * RECORD);
        assertThat(store.open).isZero();
    }

    @Test
    void noMoreIsReadThanStaysInMemory() {
        view.keepResident(100 * RECORD);
        view.load(store);
        store.iterated = 0;

        new CopyWarming(view).run();

        assertThat(store.iterated).isEqualTo(101);
        assertThat(view.residentBytes()).isEqualTo(100 * RECORD);
    }

    @Test
    void aCopyThatIsClosedMeanwhileEndsItWithoutAFault() {
        store.closesAfter = 700;

        assertThatCode(() -> new CopyWarming(view).run()).doesNotThrowAnyException();

        assertThat(store.iterated).isEqualTo(700);
        assertThat(store.open).isZero();
    }

    @Test
    void onceItIsToStopNothingMoreIsRead() {
        var warming = new CopyWarming(view);
        warming.close();

        warming.run();

        assertThat(store.iterated).isZero();
    }
}
