package dev.turnpike.schemas.avro;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReleasedSchemasTest {
    @ParameterizedTest
    @EnumSource
    void theNewestSchemaIsWhatTheJavaRecordsSay(Subject subject) {
        assertThat(CompiledSchemas.INSTANCE.latest(subject)).isEqualTo(SchemaDraft.of(subject));
    }
}
