package dev.turnpike.schemas.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeeklyTimesTest {
    private static final WeeklyWindow OFFICE =
            new WeeklyWindow(List.of(DayOfWeek.MONDAY, DayOfWeek.FRIDAY), 8 * 60, 18 * 60);
    private static final WeeklyWindow NIGHT =
            new WeeklyWindow(List.of(DayOfWeek.SATURDAY), 22 * 60, 6 * 60);

    /** 2 November 2026 is a Monday; Berlin is then one hour ahead of UTC. */
    @ParameterizedTest
    @CsvSource({
        "2026-11-02T06:59:59Z,false",
        "2026-11-02T07:00:00Z,true",
        "2026-11-02T16:59:59Z,true",
        "2026-11-02T17:00:00Z,false",
        "2026-11-03T12:00:00Z,false",
        "2026-11-06T12:00:00Z,true",
        "2026-11-07T20:59:59Z,false",
        "2026-11-07T21:00:00Z,true",
        "2026-11-08T04:59:59Z,true",
        "2026-11-08T05:00:00Z,false",
        "2026-11-08T21:30:00Z,false"
    })
    void aMomentIsJudgedByTheClocksOfTheZone(Instant at, boolean within) {
        var times = new WeeklyTimes("Europe/Berlin", List.of(OFFICE, NIGHT));

        assertThat(times.contain(at)).isEqualTo(within);
    }

    @Test
    void theSameHourOfTheWallHoldsInSummerAndWinter() {
        var times = new WeeklyTimes("Europe/Berlin", List.of(OFFICE));

        assertThat(times.contain(Instant.parse("2026-07-03T06:00:00Z"))).isTrue();
        assertThat(times.contain(Instant.parse("2026-12-04T06:30:00Z"))).isFalse();
    }

    @Test
    void aWindowThatEndsWhereItBeginsIsAWholeDay() {
        var day = new WeeklyWindow(List.of(DayOfWeek.SUNDAY), 6 * 60, 6 * 60);
        var times = new WeeklyTimes("UTC", List.of(day));

        assertThat(times.contain(Instant.parse("2026-11-08T06:00:00Z"))).isTrue();
        assertThat(times.contain(Instant.parse("2026-11-09T05:59:00Z"))).isTrue();
        assertThat(times.contain(Instant.parse("2026-11-09T06:00:00Z"))).isFalse();
    }

    @Test
    void nothingIsWithinInAZoneNobodyKnows() {
        var times = new WeeklyTimes("Mars/Olympus", List.of(OFFICE));

        assertThat(times.contain(Instant.parse("2026-11-02T12:00:00Z"))).isFalse();
    }
}
