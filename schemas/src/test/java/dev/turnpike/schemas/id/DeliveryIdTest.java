package dev.turnpike.schemas.id;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveryIdTest {
    @ParameterizedTest
    @CsvSource({
        "00000000000000000000000000, 00000000-0000-7000-8000-000000000000",
        "00000000010000000000000001, 00000000-0001-7000-8000-000000000001",
        "7ZZZZZZZZZZZZZZZZZZZZZZZZZ, ffffffff-ffff-7fff-bfff-ffffffffffff",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV, 01563e3a-b5d3-7676-8c61-efb99302bd5b"
    })
    void aDeliveryHasAUuidWithTheTimeOfItsId(String ulid, String uuid) {
        assertThat(DeliveryId.ofUlid(ulid).uuid()).hasToString(uuid);
    }

    @Test
    void itsUuidIsOneThatStrictReadersTake() {
        var uuid = DeliveryId.ofUlid("01ARZ3NDEKTSV4RRFFQ69G5FAV").uuid();
        assertThat(uuid.version()).isEqualTo(7);
        assertThat(uuid.variant()).isEqualTo(2);
    }
}
