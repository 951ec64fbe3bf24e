package dev.turnpike.control.http;

import dev.turnpike.control.domain.Command.CreateRegistrationKey;
import dev.turnpike.control.domain.Command.DeleteRegistrationKey;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.id.RegistrationKeyId;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/** {@code /registration_keys}: public keys under which the operator registers his own API keys. */
final class RegistrationKeyRoutes {
    private static final String KEYS = "/registration_keys";
    private static final String KEY = KEYS + "/{registration_key_id}";
    private static final int TEXT_MAX = 255;

    private final Lists lists;

    RegistrationKeyRoutes(Lists lists) {
        this.lists = lists;
    }

    List<Route> routes() {
        return List.of(
                Route.post(KEYS, Operation.WRITE_REGISTRATION_KEYS, RegistrationKeyRoutes::create),
                Route.list(KEYS, Operation.READ_REGISTRATION_KEYS, this::list),
                Route.get(KEY, Operation.READ_REGISTRATION_KEYS, RegistrationKeyRoutes::read),
                Route.delete(
                        KEY, Operation.WRITE_REGISTRATION_KEYS, RegistrationKeyRoutes::delete));
    }

    private Reply list(Reading reading) {
        return lists.page(reading, Listing.all(ResourceKind.REGISTRATION_KEY));
    }

    private static Reply read(Reading reading) {
        var key =
                reading.image()
                        .registrationKey(reading.path().apply("registration_key_id"))
                        .orElseThrow(Reading::absent);
        return Reply.of(Views.of(key), key);
    }

    private static Change create(Asking asking) {
        var body = asking.body();
        var command =
                new CreateRegistrationKey(
                        RegistrationKeyId.ofUlid(asking.draws().ulid()),
                        body.optionalText("name", 0, TEXT_MAX).orElse(null),
                        publicKey(body),
                        body.optionalBool("require_timestamp").orElse(false));
        return Change.of(
                command,
                done -> {
                    var made = Objects.requireNonNull(done.subject());
                    return Reply.of(Views.of(made), made);
                });
    }

    private static byte[] publicKey(Fields body) {
        var text = body.text("public_key", 1, 64);
        try {
            var bytes = Base64.getDecoder().decode(text);
            if (Ed25519.isKey(bytes)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw wrong(body);
        }
        throw wrong(body);
    }

    private static RuntimeException wrong(Fields body) {
        return body.wrong("public_key", "must be the 32 bytes of an Ed25519 public key as base64");
    }

    private static Change delete(Asking asking) {
        var id =
                RegistrationKeyId.parse(asking.path().apply("registration_key_id"))
                        .orElseThrow(Reading::absent);
        return Change.of(
                new DeleteRegistrationKey(id),
                done -> Reply.of(Json.object().put("id", id.value())));
    }
}
