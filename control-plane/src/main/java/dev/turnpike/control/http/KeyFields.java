package dev.turnpike.control.http;

import dev.turnpike.control.domain.Command.KeyTerms;
import dev.turnpike.runtime.key.KeyHash;
import dev.turnpike.schemas.control.AddressRange;
import dev.turnpike.schemas.control.WeeklyTimes;
import dev.turnpike.schemas.control.WeeklyWindow;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what a key may do: the same fields whether it is minted or registered. */
final class KeyFields {
    private static final int TEXT_MAX = 255;
    private static final int SLUG_MAX = 201;
    private static final String ADDRESSES = "allowed_addresses";
    private static final int ADDRESSES_MAX = 100;
    private static final int WINDOWS_MAX = 50;
    private static final Pattern TIME = Pattern.compile("([01][0-9]|2[0-3]):([0-5][0-9])|24:00");

    private KeyFields() {}

    static KeyTerms terms(Fields body, KeyHash hash) {
        return new KeyTerms(
                body.optionalText("name", 0, TEXT_MAX).orElse(null),
                hash.bytes(),
                hash.pepperVersion(),
                body.optionalTime("expires_at").orElse(null),
                body.optionalDistinct("models", LimitFields.MODELS_MAX, SLUG_MAX).orElse(null),
                addresses(body),
                body.optionalObject("allowed_times").map(KeyFields::times).orElse(null));
    }

    private static List<String> addresses(Fields body) {
        var texts = body.optionalTexts(ADDRESSES, ADDRESSES_MAX, 64).orElse(List.of());
        var ranges = new HashSet<AddressRange>();
        for (int i = 0; i < texts.size(); i++) {
            var at = ADDRESSES + "[" + i + "]";
            var range =
                    AddressRange.parse(texts.get(i))
                            .orElseThrow(
                                    () -> body.wrong(at, "must be an address or a CIDR block"));
            if (!range.beginsBlock()) {
                throw body.wrong(at, "has bits behind its prefix; give the block's first address");
            }
            if (!ranges.add(range)) {
                throw body.wrong(at, "is listed twice");
            }
        }
        return texts;
    }

    private static WeeklyTimes times(Fields fields) {
        var zone = fields.text("time_zone", 1, 64);
        try {
            ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw fields.wrong("time_zone", "must be the name of a time zone, as Europe/Berlin");
        }
        var windows = fields.objects("windows", WINDOWS_MAX);
        if (windows.isEmpty()) {
            throw fields.wrong("windows", "must have at least one window");
        }
        return new WeeklyTimes(zone, windows.stream().map(KeyFields::window).toList());
    }

    private static WeeklyWindow window(Fields fields) {
        var days = new ArrayList<DayOfWeek>();
        for (var name : fields.optionalTexts("days", 7, 9).orElse(List.of())) {
            var day = day(name).orElseThrow(() -> wrongDays(fields));
            if (days.contains(day)) {
                throw wrongDays(fields);
            }
            days.add(day);
        }
        if (days.isEmpty()) {
            throw wrongDays(fields);
        }
        int from = minute(fields, "from");
        if (from == WeeklyWindow.MINUTES_OF_A_DAY) {
            throw wrongTime(fields, "from");
        }
        int to = minute(fields, "to");
        return new WeeklyWindow(days, from, to == 0 ? WeeklyWindow.MINUTES_OF_A_DAY : to);
    }

    private static Optional<DayOfWeek> day(String name) {
        for (var day : DayOfWeek.values()) {
            if (day.name().equals(name)) {
                return Optional.of(day);
            }
        }
        return Optional.empty();
    }

    private static int minute(Fields fields, String name) {
        var text = fields.text(name, 1, 5);
        if (!TIME.matcher(text).matches()) {
            throw wrongTime(fields, name);
        }
        return Integer.parseInt(text.substring(0, 2)) * 60 + Integer.parseInt(text.substring(3));
    }

    private static RuntimeException wrongDays(Fields fields) {
        return fields.wrong("days", "must be different days of the week, such as MONDAY");
    }

    private static RuntimeException wrongTime(Fields fields, String name) {
        return fields.wrong(name, "must be a time of the day such as 08:30");
    }
}
