package dev.turnpike.runtime.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.turnpike.schemas.avro.CompiledSchemas;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CopyWarmingTest {
    private static final long UNBOUNDED = Long.MAX_VALUE;
    private static final int RECORDS = 1_200;

    /** Bytes of a record's key and value. */
    private static final int RECORD = "api-key/0000".length() + 88;

    private final ControlView view = new ControlView(CompiledSchemas.INSTANCE, 10);
    private final MapStore store = new MapStore();

    @BeforeEach
    void fill() {
        for (int i = 0; i < RECORDS; i++) {
            store.put("api-key/%04d".formatted(i), new byte[88]);
        }
        view.load(store);
        store.iterated = 0;
    }

    @Test
    void everyRecordIsReadOnceAndNothingIsLeftOpen() {
        new CopyWarming(view, UNBOUNDED).run();

        assertThat(store.iterated).isEqualTo(RECORDS);
        assertThat(store.open).isZero();
    }

    @Test
    void noMoreIsReadThanStaysInMemory() {
        new CopyWarming(view, 100L * RECORD).run();

        assertThat(store.iterated).isEqualTo(100);
    }

    @Test
    void aCopyThatIsClosedMeanwhileEndsItWithoutAFault() {
        store.closesAfter = 700;

        assertThatCode(() -> new CopyWarming(view, UNBOUNDED).run()).doesNotThrowAnyException();

        assertThat(store.iterated).isEqualTo(700);
        assertThat(store.open).isZero();
    }

    @Test
    void onceItIsToStopNothingMoreIsRead() {
        var warming = new CopyWarming(view, UNBOUNDED);
        warming.close();

        warming.run();

        assertThat(store.iterated).isZero();
    }
}
