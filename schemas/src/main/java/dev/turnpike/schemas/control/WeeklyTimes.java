package dev.turnpike.schemas.control;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * Hours of the week, by the clocks on the walls of one zone.
 *
 * @param zone name in the time zone database, such as {@code Europe/Berlin}
 * @param windows one or more; a moment in any of them is within
 */
public record WeeklyTimes(String zone, List<WeeklyWindow> windows) {
    public WeeklyTimes {
        windows = List.copyOf(windows);
    }

    /** Whether {@code at} is within. In a zone this platform does not know nothing is. */
    public boolean contain(Instant at) {
        ZonedDateTime local;
        try {
            local = at.atZone(ZoneId.of(zone));
        } catch (DateTimeException e) {
            return false;
        }
        int minute = local.getHour() * 60 + local.getMinute();
        for (var window : windows) {
            if (window.contains(local.getDayOfWeek(), minute)) {
                return true;
            }
        }
        return false;
    }
}
