package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.domain.Command.MintApiKey;
import dev.turnpike.control.domain.Command.RegisterApiKey;
import dev.turnpike.control.domain.Command.RevokeApiKey;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.control.usage.KeyUses;
import dev.turnpike.control.usage.LastUse;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.id.KeyPrefix;
import java.util.List;
import java.util.Objects;

/** {@code /groups/{group_id}/api_keys}. */
final class ApiKeyRoutes {
    private static final String KEYS = "/groups/{group_id}/api_keys";
    private static final String KEY = KEYS + "/{+api_key_prefix}";

    private final Lists lists;
    private final KeyHasher hasher;
    private final String brand;
    private final RegistrationSignature signature;
    private final KeyUses uses;

    /**
     * @param brand of new keys
     */
    ApiKeyRoutes(
            Lists lists,
            KeyHasher hasher,
            String brand,
            RegistrationSignature signature,
            KeyUses uses) {
        this.lists = lists;
        this.hasher = hasher;
        this.brand = brand;
        this.signature = signature;
        this.uses = uses;
    }

    List<Route> routes() {
        return List.of(
                Route.postMaybeEmpty(KEYS, Operation.WRITE_API_KEYS, this::mint),
                Route.post(KEYS + "/register", Operation.WRITE_API_KEYS, this::register),
                Route.list(KEYS, Operation.READ_API_KEYS, this::list),
                Route.get(KEY, Operation.READ_API_KEYS, this::read),
                Route.delete(KEY, Operation.WRITE_API_KEYS, ApiKeyRoutes::revoke));
    }

    private Reply list(Reading reading) {
        return lists.page(
                reading,
                Listing.keysOf(reading.group().id().value()),
                all -> true,
                found -> view((ApiKey) found));
    }

    private ObjectNode view(ApiKey key) {
        return KeyView.of(key, uses.of(key));
    }

    private Reply read(Reading reading) {
        var group = reading.group().id();
        var key =
                reading.image()
                        .apiKey(reading.path().apply("api_key_prefix"))
                        .filter(found -> found.groupId().equals(group))
                        .orElseThrow(Reading::absent);
        return Reply.of(view(key), key);
    }

    private Change mint(Asking asking) {
        var key = asking.draws().key(brand);
        var command =
                new MintApiKey(
                        new KeyPrefix(key.prefix()),
                        GroupRoutes.id(asking),
                        KeyFields.terms(asking.body(), hasher.hash(key.whole())));
        return Change.of(
                command,
                done -> {
                    var minted = (ApiKey) Objects.requireNonNull(done.subject());
                    return Reply.of(shown(key, minted), minted);
                },
                now -> now instanceof ApiKey found && isOf(key, found));
    }

    /** Not so when a key of the customer's own has taken the prefix since. */
    private boolean isOf(ApiKeyText key, ApiKey found) {
        return hasher.matches(key.whole(), found.hash(), found.pepperVersion());
    }

    private Change register(Asking asking) {
        var signer = signature.verified(asking.sent(), asking.image());
        var body = asking.body();
        var key = OwnKey.read(body, brand);
        var command =
                new RegisterApiKey(
                        key.prefix(),
                        GroupRoutes.id(asking),
                        KeyFields.terms(body, hasher.hash(key.whole())),
                        signer.id());
        return Change.of(command, done -> Reply.of(Json.object().put("ok", true)));
    }

    /** The one reply that holds the key. */
    private static ObjectNode shown(ApiKeyText key, ApiKey minted) {
        var json = Json.object().put("api_key", key.whole());
        json.setAll(KeyView.of(minted, new LastUse.Never()));
        return json;
    }

    private static Change revoke(Asking asking) {
        var prefix =
                KeyPrefix.parse(asking.path().apply("api_key_prefix")).orElseThrow(Reading::absent);
        return Change.of(
                new RevokeApiKey(GroupRoutes.id(asking), prefix),
                done -> Reply.of(Json.object().put("prefix", prefix.value())));
    }
}
