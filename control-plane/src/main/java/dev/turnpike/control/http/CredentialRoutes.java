package dev.turnpike.control.http;

import dev.turnpike.control.domain.Command.CreateCredential;
import dev.turnpike.control.domain.Command.DeleteCredential;
import dev.turnpike.control.domain.Command.RotateCredential;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.control.log.Answer;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.schemas.control.Credential;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.id.CredentialId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** {@code /credentials}: secrets of providers, write-only. */
final class CredentialRoutes {
    private static final int NAME_MAX = 255;

    /** With a scheme before it, it must fit into one header of a request to a provider. */
    private static final int VALUE_MAX = 16_000;

    private static final Pattern VALUE = Pattern.compile("[ -~]*");
    private static final int REGION_MAX = 32;
    private static final int FINGERPRINT_BYTES = 6;

    private final Lists lists;
    private final Envelope envelope;
    private final byte[] fingerprintKey;

    CredentialRoutes(Lists lists, Envelope envelope, byte[] fingerprintKey) {
        this.lists = lists;
        this.envelope = envelope;
        this.fingerprintKey = fingerprintKey;
    }

    List<Route> routes() {
        var one = "/credentials/{credential_id}";
        return List.of(
                Route.post("/credentials", Operation.WRITE_CREDENTIALS, this::create),
                Route.list("/credentials", Operation.READ_CREDENTIALS, this::list),
                Route.get(one, Operation.READ_CREDENTIALS, CredentialRoutes::read),
                Route.post(one + "/rotate", Operation.WRITE_CREDENTIALS, this::rotate),
                Route.delete(one, Operation.WRITE_CREDENTIALS, CredentialRoutes::delete));
    }

    private Reply list(Reading reading) {
        return lists.page(reading, Listing.all(ResourceKind.CREDENTIAL));
    }

    private static Reply read(Reading reading) {
        var credential =
                reading.image()
                        .credential(reading.path().apply("credential_id"))
                        .orElseThrow(Reading::absent);
        return Reply.of(Views.of(credential), credential);
    }

    private Change create(Asking asking) {
        var body = asking.body();
        var id = CredentialId.ofUlid(asking.draws().ulid());
        var value = value(body);
        var command =
                new CreateCredential(
                        id,
                        body.text("name", 1, NAME_MAX),
                        body.optionalText("region", 1, REGION_MAX).orElse(null),
                        sealed(value, id, 1),
                        fingerprint(value));
        return Change.of(command, CredentialRoutes::reply);
    }

    private Change rotate(Asking asking) {
        var id = id(asking);
        var value = value(asking.body());
        return new Change(
                image -> {
                    long version =
                            image.credential(id.value()).map(Credential::version).orElse(0L) + 1;
                    return new RotateCredential(
                            id, sealed(value, id, version), fingerprint(value), version);
                },
                CredentialRoutes::reply);
    }

    private static Change delete(Asking asking) {
        return Change.of(
                new DeleteCredential(id(asking)),
                done -> {
                    var credential = (Credential) Objects.requireNonNull(done.subject());
                    return Reply.of(
                            Json.object()
                                    .put("id", credential.id().value())
                                    .put("name", credential.name()));
                });
    }

    private static Reply reply(Answer.Done done) {
        var resource = Objects.requireNonNull(done.subject());
        return Reply.of(Views.of(resource), resource);
    }

    /** The secret itself; it is never echoed, so the reader gets no say in error texts. */
    static String value(Fields body) {
        var value = body.text("value", 1, VALUE_MAX);
        if (!VALUE.matcher(value).matches()) {
            throw body.wrong("value", "must be printable ASCII, as a header holds it");
        }
        return value;
    }

    private byte[] sealed(String value, CredentialId id, long version) {
        return envelope.seal(
                value.getBytes(StandardCharsets.UTF_8),
                new Envelope.Owner("credential", id.value(), version));
    }

    private String fingerprint(String value) {
        var bytes = ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(Keyed.mac(fingerprintKey, bytes), 0, FINGERPRINT_BYTES);
    }

    private static CredentialId id(Asking asking) {
        return CredentialId.parse(asking.path().apply("credential_id"))
                .orElseThrow(Reading::absent);
    }
}
