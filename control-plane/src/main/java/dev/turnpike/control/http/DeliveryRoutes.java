package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.deliveries.DeliveryLog;
import dev.turnpike.control.deliveries.KnownDelivery;
import dev.turnpike.control.deliveries.KnownDelivery.Status;
import dev.turnpike.control.domain.Place;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code /webhooks/{id}/deliveries}: what was sent, and what became of it. */
final class DeliveryRoutes {
    private static final String ALL = "/webhooks/{webhook_id}/deliveries";
    private static final String ONE = ALL + "/{delivery_id}";
    private static final String STATUSES =
            Arrays.stream(Status.values())
                    .map(DeliveryRoutes::label)
                    .collect(Collectors.joining(", "));

    private final DeliveryLog log;
    private final Cursors cursors;

    DeliveryRoutes(DeliveryLog log, Cursors cursors) {
        this.log = log;
        this.cursors = cursors;
    }

    List<Route> routes() {
        return List.of(
                Route.list(ALL, Operation.READ_WEBHOOKS, this::list, "status"),
                Route.get(ONE, Operation.READ_WEBHOOKS, this::read));
    }

    private Reply list(Reading reading) {
        var webhook = webhook(reading);
        int limit = reading.limit();
        var status = reading.given("status").map(DeliveryRoutes::status);
        var scope =
                reading.scope(
                        ALL + '/' + webhook.value() + '?' + status.map(Status::name).orElse(""));
        var after =
                reading.given("cursor")
                        .map(cursor -> cursors.place(scope, cursor).id())
                        .flatMap(DeliveryId::parse);
        var page = log.page(webhook, status, after, limit);
        return Reply.of(
                Lists.page(
                        page.items().stream().map(DeliveryRoutes::view).toList(),
                        page.next().map(next -> cursors.of(scope, place(next))).orElse(null)));
    }

    private Reply read(Reading reading) {
        return Reply.of(
                view(
                        DeliveryId.parse(reading.path().apply("delivery_id"))
                                .flatMap(id -> log.find(webhook(reading), id))
                                .orElseThrow(Reading::absent)));
    }

    private static WebhookId webhook(Reading reading) {
        return reading.image()
                .webhook(reading.path().apply("webhook_id"))
                .orElseThrow(Reading::absent)
                .id();
    }

    /** Ids of deliveries are in creation order by themselves. */
    private static Place place(DeliveryId id) {
        return new Place(Instant.EPOCH, id.value());
    }

    private static Status status(String text) {
        return Arrays.stream(Status.values())
                .filter(status -> label(status).equals(text))
                .findFirst()
                .orElseThrow(() ->
                        Problem.invalid("status", "status must be one of " + STATUSES)
                                .asException());
    }

    private static String label(Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode view(KnownDelivery delivery) {
        var json = Json.object();
        json.put("id", delivery.id().value());
        json.put("webhook_id", delivery.webhookId().value());
        json.put("status", label(delivery.status()));
        Views.texts(json.putArray("events"), delivery.entryIds());
        var attempts = json.putArray("attempts");
        for (var tried : delivery.attempts()) {
            var one = attempts.addObject();
            one.put("at", Views.text(tried.at()));
            one.put("status", Optional.of(tried.status()).filter(code -> code > 0).orElse(null));
            one.put("latency_ms", tried.latencyMs());
            one.put("error", tried.error());
        }
        json.put("next_attempt_at", Views.text(delivery.nextAttemptAt()));
        return json.put("created_at", Views.text(delivery.createdAt()));
    }
}
