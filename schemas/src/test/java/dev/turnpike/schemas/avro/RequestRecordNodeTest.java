package dev.turnpike.schemas.avro;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.usage.RequestRecord;
import java.io.IOException;
import java.util.HashSet;
import org.apache.avro.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestRecordNodeTest {
    private static final int RECORDS = 500;
    private static final Schema SCHEMA = CompiledSchemas.INSTANCE.latest(Subject.REQUESTS);
    private static final AvroNode OWN = AvroNodes.ofRecord(RequestRecord.class, SCHEMA);
    private static final AvroNode ANY_TYPE = AvroNodes.of(RequestRecord.class, SCHEMA);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyRecordHasTheBytesThatItsSchemaSays(long seed) throws IOException {
        var random = new RandomRecords(seed);
        assertThat(OWN).isInstanceOf(RequestRecordNode.class);
        var variants = new HashSet<Class<?>>();
        for (int i = 0; i < RECORDS; i++) {
            var record = random.next(RequestRecord.class);
            variants.add(record.fact().getClass());
            var ours = new ArrayEncoder(1);
            OWN.write(record, ours);
            var expected = new ArrayEncoder(1);
            ANY_TYPE.write(record, expected);
            assertThat(ours.toByteArray())
                    .as("seed %d, %s", seed, record)
                    .isEqualTo(expected.toByteArray());
        }
        assertThat(variants).hasSize(4);
    }
}
