package dev.turnpike.schemas.id;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UlidShapeTest {
    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final String ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    @Test
    void everyCharacterOfAUlidIsOneOfThirtyTwo() {
        for (char c = 0; c < 600; c++) {
            boolean allowed = CROCKFORD.indexOf(c) >= 0;
            for (int at = 0; at < ULID.length(); at++) {
                var text = "req_" + ULID.substring(0, at) + c + ULID.substring(at + 1);
                assertThat(RequestId.parse(text).isPresent())
                        .as("character %d at %d", (int) c, at)
                        .isEqualTo(allowed);
            }
        }
    }

    @Test
    void anIdHasItsOwnPrefixAndLength() {
        assertThat(RequestId.parse("req_" + ULID)).contains(RequestId.ofUlid(ULID));
        assertThat(RequestId.parse("grp_" + ULID)).isEmpty();
        assertThat(RequestId.parse("req_" + ULID + "0")).isEmpty();
        assertThat(RequestId.parse("req_" + ULID.substring(1))).isEmpty();
        assertThat(RequestId.parse("req_")).isEmpty();
        assertThat(RequestId.parse("")).isEmpty();
    }
}
