package dev.turnpike.schemas.control;

import java.time.DayOfWeek;
import java.util.List;

/**
 * The same hours on some days of the week.
 *
 * @param days on which it begins
 * @param fromMinute first minute of the day within, 0 to 1439
 * @param toMinute first minute after it, 1 to 1440; at or before {@code fromMinute} it ends on the
 *     next day
 */
public record WeeklyWindow(List<DayOfWeek> days, int fromMinute, int toMinute) {
    public static final int MINUTES_OF_A_DAY = 24 * 60;

    /**
     * @throws IllegalArgumentException if there is no day, or a minute is out of range
     */
    public WeeklyWindow {
        days = List.copyOf(days);
        if (days.isEmpty()
                || fromMinute < 0
                || fromMinute >= MINUTES_OF_A_DAY
                || toMinute < 1
                || toMinute > MINUTES_OF_A_DAY) {
            throw new IllegalArgumentException("not a window of the week");
        }
    }

    /** Whether a minute of a day is within. */
    boolean contains(DayOfWeek day, int minute) {
        if (fromMinute < toMinute) {
            return days.contains(day) && minute >= fromMinute && minute < toMinute;
        }
        return (days.contains(day) && minute >= fromMinute)
                || (days.contains(day.minus(1)) && minute < toMinute);
    }
}
