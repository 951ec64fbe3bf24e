package dev.turnpike.schemas.limit;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * The interval over which a limit counts. {@code SECOND}, {@code MINUTE} and {@code HOUR} roll:
 * they are counted in sub-windows, and the sum of any {@value #SUB_WINDOWS} + 1 consecutive ones
 * never exceeds the threshold, so no interval of the full length ever does. {@code DAY} and {@code
 * MONTH} are calendar windows in UTC.
 */
public enum LimitUnit {
    SECOND(Duration.ofSeconds(1)),
    MINUTE(Duration.ofMinutes(1)),
    HOUR(Duration.ofHours(1)),
    DAY(null),
    MONTH(null);

    /** Sub-windows per rolling interval; at most 1/(n+1) of a threshold idles at saturation. */
    public static final int SUB_WINDOWS = 10;

    private final long lengthMillis;

    LimitUnit(@Nullable Duration length) {
        this.lengthMillis = length == null ? 0 : length.toMillis();
    }

    /** Whether the interval rolls, as opposed to a calendar window. */
    public boolean rolls() {
        return lengthMillis > 0;
    }

    /** Length of one sub-window in milliseconds; only for rolling units. */
    public long subWindowMillis() {
        return lengthMillis / SUB_WINDOWS;
    }

    /**
     * Index of the window that {@code at} falls in: for rolling units the sub-window since the
     * epoch, for {@code DAY} the epoch day, for {@code MONTH} months since year 0 (proleptic
     * month). Two instants share a counter if and only if their indexes are equal.
     */
    public long window(Instant at) {
        return switch (this) {
            case SECOND, MINUTE, HOUR -> Math.floorDiv(at.toEpochMilli(), subWindowMillis());
            case DAY -> Math.floorDiv(at.getEpochSecond(), 86_400L);
            case MONTH -> {
                var date = at.atOffset(ZoneOffset.UTC);
                yield date.getYear() * 12L + date.getMonthValue() - 1;
            }
        };
    }

    /** When {@code window} begins. */
    public Instant windowStart(long window) {
        return switch (this) {
            case SECOND, MINUTE, HOUR -> Instant.ofEpochMilli(window * subWindowMillis());
            case DAY -> LocalDate.ofEpochDay(window).atStartOfDay().toInstant(ZoneOffset.UTC);
            case MONTH ->
                    YearMonth.of(
                                    Math.toIntExact(Math.floorDiv(window, 12L)),
                                    Math.toIntExact(Math.floorMod(window, 12L)) + 1)
                            .atDay(1)
                            .atStartOfDay()
                            .toInstant(ZoneOffset.UTC);
        };
    }

    /** When what was charged in {@code window} no longer counts. */
    public Instant windowExpiry(long window) {
        return windowStart(rolls() ? window + SUB_WINDOWS + 1 : window + 1);
    }
}
