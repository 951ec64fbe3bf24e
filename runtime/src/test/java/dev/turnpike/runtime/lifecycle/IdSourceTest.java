package dev.turnpike.runtime.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IdSourceTest {
    private final AtomicLong millis = new AtomicLong(1_000);
    private final IdSource ids =
            new IdSource(() -> Instant.ofEpochMilli(millis.get()), new Random(1));

    @Test
    void idsHaveTheShapeOfUlids() {
        assertThat(ids.next("grp_")).matches("grp_[0-9A-HJKMNP-TV-Z]{26}");
    }

    @Test
    void theTimeIsEncodedAsInTheUlidSpecification() {
        assertThat(IdSource.encode("", 1_469_918_176_385L, 0, 0)).startsWith("01ARYZ6S41");
        assertThat(IdSource.encode("", (1L << 48) - 1, (1L << 40) - 1, (1L << 40) - 1))
                .isEqualTo("7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    }

    @Test
    void allBitsButOneOfTheRandomPartAreDrawn() {
        var seen = new BitSet();
        for (int i = 0; i < 400; i++) {
            millis.incrementAndGet();
            var random = ids.next().substring(10);
            for (int at = 0; at < random.length(); at++) {
                seen.set(at * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(random.charAt(at)));
            }
        }

        assertThat(seen.cardinality()).isEqualTo(16 * 32 - 16);
    }

    @Test
    void idsGrowWithinAMillisecondAndWhenTheClockGoesBack() {
        var made = new ArrayList<String>();
        for (long now : List.of(1_000L, 1_000L, 1_001L, 999L, 999L, 1_002L)) {
            millis.set(now);
            made.add(ids.next());
        }

        assertThat(made).isSorted().doesNotHaveDuplicates();
    }
}
