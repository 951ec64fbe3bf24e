package dev.turnpike.control.http;

import dev.turnpike.control.domain.Command.CreateManagementKey;
import dev.turnpike.control.domain.Command.RevokeManagementKey;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.schemas.control.ManagementKey;
import dev.turnpike.schemas.control.Role;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import java.util.List;
import java.util.Objects;

/** {@code /management_keys} and {@code /whoami}. */
final class ManagementKeyRoutes {
    private static final int NAME_MAX = 255;
    private static final String KEY = "/management_keys/{management_key_id}";

    private final Lists lists;
    private final KeyHasher hasher;
    private final String brand;

    /**
     * @param brand of the keys, such as {@code tpm}
     */
    ManagementKeyRoutes(Lists lists, KeyHasher hasher, String brand) {
        this.lists = lists;
        this.hasher = hasher;
        this.brand = brand;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/management_keys", Operation.WRITE_MANAGEMENT_KEYS, this::create),
                Route.list("/management_keys", Operation.READ_MANAGEMENT_KEYS, this::list),
                Route.get(KEY, Operation.READ_MANAGEMENT_KEYS, ManagementKeyRoutes::read),
                Route.delete(KEY, Operation.WRITE_MANAGEMENT_KEYS, ManagementKeyRoutes::revoke),
                Route.get(
                        "/whoami",
                        Operation.WHO_AM_I,
                        reading -> Reply.of(Views.of(reading.key()), reading.key())));
    }

    private Reply list(Reading reading) {
        return lists.managementKeys(reading);
    }

    private static Reply read(Reading reading) {
        var key =
                reading.authority()
                        .managementKey(reading.image(), reading.path().apply("management_key_id"))
                        .orElseThrow(Reading::absent);
        return Reply.of(Views.of(key), key);
    }

    private Change create(Asking asking) {
        var body = asking.body();
        var key = asking.draws().key(brand);
        var hash = hasher.hash(key.whole());
        var group =
                body.optionalText("group_id", 1, 64)
                        .map(text ->
                                GroupId.parse(text)
                                        .orElseThrow(() ->
                                                body.wrong(
                                                        "group_id", "must be the id of a group")));
        var command =
                new CreateManagementKey(
                        new KeyPrefix(key.prefix()),
                        body.text("name", 1, NAME_MAX),
                        body.oneOfLowerCase("role", Role.class)
                                .orElseThrow(() -> body.missing("role")),
                        group.orElse(null),
                        hash.bytes(),
                        hash.pepperVersion(),
                        body.optionalTime("expires_at").orElse(null));
        return Change.of(
                command,
                done -> {
                    var made = Objects.requireNonNull(done.subject());
                    return Reply.of(Views.of(made).put("key", key.whole()), made);
                },
                now ->
                        now instanceof ManagementKey found
                                && hasher.matches(
                                        key.whole(), found.hash(), found.pepperVersion()));
    }

    private static Change revoke(Asking asking) {
        var prefix =
                KeyPrefix.parse(asking.path().apply("management_key_id"))
                        .orElseThrow(Reading::absent);
        return Change.of(
                new RevokeManagementKey(prefix),
                done ->
                        Reply.of(
                                Json.object()
                                        .put("id", prefix.value())
                                        .put("prefix", prefix.value())));
    }
}
