package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.domain.Command.CreateWebhook;
import dev.turnpike.control.domain.Command.DeleteWebhook;
import dev.turnpike.control.domain.Command.Rename;
import dev.turnpike.control.domain.Command.RotateWebhookSecret;
import dev.turnpike.control.domain.Command.UpdateWebhook;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.control.log.Answer;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.runtime.secret.Envelope.CannotOpenException;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code /webhooks}. */
final class WebhookRoutes {
    /** Groups one webhook may name. */
    static final int GROUPS_MAX = 1_000;

    private static final int URL_MAX = 2_048;
    private static final int DESCRIPTION_MAX = 1_000;
    private static final int OVERLAP_MAX_SECONDS = 7 * 86_400;
    private static final int OVERLAP_SECONDS = 86_400;
    private static final List<String> EVENT_TYPES =
            Stream.concat(
                            Arrays.stream(Outcome.values()).map(Outcome::label),
                            Stream.of(LedgerEntry.ADJUSTMENT))
                    .toList();

    private final Lists lists;
    private final Envelope envelope;
    private final Urls urls;

    WebhookRoutes(Lists lists, Envelope envelope, Urls urls) {
        this.lists = lists;
        this.envelope = envelope;
        this.urls = urls;
    }

    List<Route> routes() {
        var one = "/webhooks/{webhook_id}";
        return List.of(
                Route.post("/webhooks", Operation.WRITE_WEBHOOKS, this::create),
                Route.list("/webhooks", Operation.READ_WEBHOOKS, this::list),
                Route.get(one, Operation.READ_WEBHOOKS, WebhookRoutes::read),
                Route.patch(one, Operation.WRITE_WEBHOOKS, this::update),
                Route.postMaybeEmpty(
                        one + "/rotate_secret", Operation.WRITE_WEBHOOKS, this::rotate),
                Route.delete(one, Operation.WRITE_WEBHOOKS, WebhookRoutes::delete));
    }

    private Reply list(Reading reading) {
        return lists.page(reading, Listing.all(ResourceKind.WEBHOOK));
    }

    private static Reply read(Reading reading) {
        var webhook =
                reading.image()
                        .webhook(reading.path().apply("webhook_id"))
                        .orElseThrow(Reading::absent);
        return Reply.of(Views.of(webhook), webhook);
    }

    private Change create(Asking asking) {
        var body = asking.body();
        var id = WebhookId.ofUlid(asking.draws().ulid());
        var secret = asking.draws().webhookSecret();
        var filter = body.optionalObject("filter");
        var command =
                new CreateWebhook(
                        id,
                        url(body).orElseThrow(() -> body.missing("url")),
                        body.optionalText("description", 0, DESCRIPTION_MAX).orElse(null),
                        filter.flatMap(WebhookRoutes::groups).orElse(List.of()),
                        filter.flatMap(WebhookRoutes::eventTypes).orElse(List.of()),
                        body.optionalBool("enabled").orElse(true),
                        sealed(secret, id, 1));
        return Change.of(command, done -> shown(done, secret), now -> signsWith(now, secret));
    }

    private Change update(Asking asking) {
        var body = asking.body();
        var filter = body.optionalObject("filter");
        var description =
                body.has("description")
                        ? Optional.of(
                                new Rename(
                                        body.optionalText("description", 0, DESCRIPTION_MAX)
                                                .orElse(null)))
                        : Optional.<Rename>empty();
        var command =
                new UpdateWebhook(
                        id(asking),
                        url(body),
                        description,
                        filter.flatMap(WebhookRoutes::groups),
                        filter.flatMap(WebhookRoutes::eventTypes),
                        body.optionalBool("enabled"));
        body.doneWith(
                command.url().isPresent()
                        || description.isPresent()
                        || filter.isPresent()
                        || command.enabled().isPresent(),
                "url",
                "or another field");
        return Change.of(
                command,
                done -> {
                    var webhook = Objects.requireNonNull(done.subject());
                    return Reply.of(Views.of(webhook), webhook);
                });
    }

    private Change rotate(Asking asking) {
        var id = id(asking);
        var secret = asking.draws().webhookSecret();
        var overlap =
                Duration.ofSeconds(
                        asking.body()
                                .integer(
                                        "overlap_seconds",
                                        0,
                                        OVERLAP_MAX_SECONDS,
                                        OVERLAP_SECONDS));
        return new Change(
                image -> {
                    long serial =
                            image.webhook(id.value()).map(w -> w.secret().serial()).orElse(0L) + 1;
                    return new RotateWebhookSecret(id, sealed(secret, id, serial), serial, overlap);
                },
                done -> shown(done, secret),
                now -> signsWith(now, secret));
    }

    private static Change delete(Asking asking) {
        return Change.of(
                new DeleteWebhook(id(asking)),
                done -> {
                    var webhook = (Webhook) Objects.requireNonNull(done.subject());
                    return Reply.of(
                            Json.object()
                                    .put("id", webhook.id().value())
                                    .put("url", webhook.url()));
                });
    }

    /** The replies that hold the secret: of a creation and of a rotation. */
    private static Reply shown(Answer.Done done, String secret) {
        var webhook = Objects.requireNonNull(done.subject());
        ObjectNode json = Views.of(webhook);
        return Reply.of(json.put("secret", secret), webhook);
    }

    /** Whether {@code secret} is the current one of {@code resource}. */
    private boolean signsWith(Resource resource, String secret) {
        if (!(resource instanceof Webhook webhook)) {
            return false;
        }
        var current = webhook.secret();
        try {
            var bytes = envelope.open(current.sealed(), owner(webhook.id(), current.serial()));
            return MessageDigest.isEqual(bytes, secret.getBytes(StandardCharsets.UTF_8));
        } catch (CannotOpenException e) {
            return false; // Sealed under another master key, from which no secret was drawn.
        }
    }

    private static Envelope.Owner owner(WebhookId id, long serial) {
        return new Envelope.Owner("webhook", id.value(), serial);
    }

    private byte[] sealed(String secret, WebhookId id, long serial) {
        return envelope.seal(secret.getBytes(StandardCharsets.UTF_8), owner(id, serial));
    }

    private Optional<String> url(Fields body) {
        return body.optionalText("url", 1, URL_MAX).map(url -> urls.checked(url, body.at("url")));
    }

    private static Optional<List<GroupId>> groups(Fields filter) {
        return filter.optionalDistinct("group_ids", GROUPS_MAX, 64)
                .map(texts -> {
                    var ids = new ArrayList<GroupId>();
                    for (int i = 0; i < texts.size(); i++) {
                        var at = "group_ids[" + i + "]";
                        ids.add(
                                GroupId.parse(texts.get(i))
                                        .orElseThrow(() ->
                                                filter.wrong(at, "must be the id of a group")));
                    }
                    return ids;
                });
    }

    private static Optional<List<String>> eventTypes(Fields filter) {
        return filter.optionalDistinct("event_types", EVENT_TYPES.size(), 64)
                .map(texts -> {
                    for (int i = 0; i < texts.size(); i++) {
                        if (!EVENT_TYPES.contains(texts.get(i))) {
                            throw filter.wrong(
                                    "event_types[" + i + "]",
                                    "must be one of " + String.join(", ", EVENT_TYPES));
                        }
                    }
                    return texts;
                });
    }

    private static WebhookId id(Asking asking) {
        return WebhookId.parse(asking.path().apply("webhook_id")).orElseThrow(Reading::absent);
    }
}
