package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.usage.LastUse;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.WeeklyTimes;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Keys for inference as JSON. No hash and no key ever enters here. */
final class KeyView {
    private KeyView() {}

    /**
     * A key and its use.
     *
     * @param use left out of the JSON when it is unknown; null there says that there was none
     */
    static ObjectNode of(ApiKey key, LastUse use) {
        var json = Json.object();
        json.put("prefix", key.prefix().value());
        json.put("name", key.name());
        json.put("group_id", key.groupId().value());
        json.put("created_at", Views.text(key.createdAt()));
        switch (use) {
            case LastUse.At(var at) -> json.put("last_used_at", Views.text(at));
            case LastUse.Never _ -> json.putNull("last_used_at");
            case LastUse.Unknown _ -> {}
        }
        json.put("expires_at", Views.text(key.expiresAt()));
        var models = key.models();
        if (models == null) {
            json.putNull("models");
        } else {
            Views.texts(json.putArray("models"), models);
        }
        Views.texts(json.putArray("allowed_addresses"), key.allowedAddresses());
        json.set("allowed_times", times(key.allowedTimes()));
        var registeredUnder = key.registeredUnder();
        json.put("registered_under", registeredUnder == null ? null : registeredUnder.value());
        return json;
    }

    private static @Nullable ObjectNode times(@Nullable WeeklyTimes times) {
        if (times == null) {
            return null;
        }
        var json = Json.object().put("time_zone", times.zone());
        var windows = json.putArray("windows");
        for (var window : times.windows()) {
            var one = windows.addObject();
            Views.texts(one.putArray("days"), window.days().stream().map(Enum::name).toList());
            one.put("from", clock(window.fromMinute())).put("to", clock(window.toMinute()));
        }
        return json;
    }

    private static String clock(int minute) {
        return String.format(Locale.ROOT, "%02d:%02d", minute / 60, minute % 60);
    }
}
