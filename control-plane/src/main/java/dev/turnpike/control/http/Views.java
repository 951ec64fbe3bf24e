package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.usage.LastUse;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.Actor;
import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.ControlEvent;
import dev.turnpike.schemas.control.Credential;
import dev.turnpike.schemas.control.Domain;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.IdempotencyRecord;
import dev.turnpike.schemas.control.LogHead;
import dev.turnpike.schemas.control.ManagementKey;
import dev.turnpike.schemas.control.Prefix;
import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.RegistrationKey;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.Role;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.control.WebhookReplay;
import dev.turnpike.schemas.control.WebhookReplay.OneDelivery;
import dev.turnpike.schemas.control.WebhookReplay.TimeRange;
import dev.turnpike.schemas.unit.TokenRate;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Resources as JSON. No hash, no sealed secret and no key ever enters here. */
final class Views {
    private Views() {}

    static ObjectNode of(Resource resource) {
        return switch (resource) {
            case Endpoint e -> endpoint(e);
            case Group g -> GroupView.of(g);
            case ApiKey k -> KeyView.of(k, new LastUse.Unknown());
            case Credential c -> credential(c);
            case Webhook w -> webhook(w);
            case Price p -> price(p);
            case ManagementKey k -> managementKey(k);
            case RegistrationKey k -> registrationKey(k);
            case WebhookReplay r -> replay(r);
            case Adjustment a -> adjustment(a);
            case Prefix p -> prefix(p);
            case Domain d -> domain(d);
            case IdempotencyRecord _, LogHead _ -> Json.object();
        };
    }

    private static ObjectNode endpoint(Endpoint endpoint) {
        var json = Json.object();
        json.put("id", endpoint.id().value());
        json.put("slug", endpoint.slug().value());
        var targets = json.putArray("targets");
        endpoint.targets().forEach(target -> targets.add(target(target)));
        json.put("region", endpoint.region());
        json.put("forward_metadata", endpoint.forwardMetadata());
        json.put("failure_charge", endpoint.onFailure().name().toLowerCase(Locale.ROOT));
        json.put("error_detail", endpoint.ofErrors().name().toLowerCase(Locale.ROOT));
        return stamped(json, endpoint.createdAt(), endpoint.updatedAt(), endpoint.version());
    }

    private static ObjectNode target(Target target) {
        var json = Json.object();
        json.put("provider", target.provider().name());
        optional(json, "model_id", target.modelId());
        optional(json, "environment_name", target.environmentName());
        optional(json, "target_model", target.targetModel());
        optional(json, "base_url", target.baseUrl());
        var vertex = target.vertex();
        if (vertex != null) {
            json.putObject("vertex_config")
                    .put("project_id", vertex.projectId())
                    .put("location", vertex.location());
        }
        var secret = target.secretId();
        optional(json, "secret_id", secret == null ? null : secret.value());
        optional(json, "region", target.region());
        json.put("priority", target.priority());
        json.put("weight", target.weight());
        if (!target.timeouts().equals(Timeouts.DEFAULT)) {
            var timeouts = json.putObject("timeouts");
            timeouts.put("connect_ms", target.timeouts().connectMillis());
            timeouts.put("first_byte_ms", target.timeouts().firstByteMillis());
            timeouts.put("idle_ms", target.timeouts().idleMillis());
            timeouts.put("total_ms", target.timeouts().totalMillis());
        }
        if (!target.headers().isEmpty()) {
            var headers = json.putObject("headers");
            new TreeMap<>(target.headers()).forEach(headers::put);
        }
        if (target.drains()) {
            json.put("drain_on_disconnect", true);
        }
        return json;
    }

    private static ObjectNode prefix(Prefix prefix) {
        var json = Json.object().put("id", prefix.value()).put("prefix", prefix.value());
        return json.put("created_at", text(prefix.createdAt()));
    }

    private static ObjectNode domain(Domain domain) {
        var json = Json.object().put("id", domain.host()).put("host", domain.host());
        texts(json.putArray("prefixes"), domain.prefixes());
        var certificate = domain.certificate();
        if (certificate == null) {
            json.putNull("certificate");
        } else {
            json.putObject("certificate")
                    .put("chain", certificate.chain())
                    .put("fingerprint", certificate.fingerprint())
                    .put("ends_at", text(certificate.endsAt()));
        }
        return stamped(json, domain.createdAt(), domain.updatedAt(), domain.version());
    }

    private static ObjectNode registrationKey(RegistrationKey key) {
        var json = Json.object();
        json.put("id", key.id().value());
        json.put("name", key.name());
        json.put("public_key", Base64.getEncoder().encodeToString(key.publicKey()));
        json.put("require_timestamp", key.requireTimestamp());
        return json.put("created_at", text(key.createdAt()));
    }

    private static ObjectNode credential(Credential credential) {
        var json = Json.object();
        json.put("id", credential.id().value());
        json.put("name", credential.name());
        json.put("region", credential.region());
        json.put("fingerprint", credential.fingerprint());
        return stamped(json, credential.createdAt(), credential.updatedAt(), credential.version());
    }

    private static ObjectNode webhook(Webhook webhook) {
        var json = Json.object();
        json.put("id", webhook.id().value());
        json.put("url", webhook.url());
        json.put("description", webhook.description());
        var filter = json.putObject("filter");
        texts(
                filter.putArray("group_ids"),
                webhook.groupIds().stream().map(id -> id.value()).toList());
        texts(filter.putArray("event_types"), webhook.eventTypes());
        json.put("enabled", webhook.enabled());
        json.put("disabled_reason", webhook.disabledReason());
        var previous = json.putArray("previous_secrets");
        webhook.previousSecrets()
                .forEach(old -> previous.addObject().put("ends_at", text(old.endsAt())));
        return stamped(json, webhook.createdAt(), webhook.updatedAt(), webhook.version());
    }

    private static ObjectNode replay(WebhookReplay replay) {
        var json = Json.object();
        json.put("id", replay.id().value());
        json.put("webhook_id", replay.webhookId().value());
        json.put("scheduled", replay.scheduled());
        json.put("exact", replay.exact());
        switch (replay.scope()) {
            case OneDelivery one -> json.put("delivery_id", one.deliveryId().value());
            case TimeRange range -> {
                json.put("start_time", text(range.from()));
                json.put("end_time", text(range.to()));
                var group = range.groupId();
                json.put("group_id", group == null ? null : group.value());
                json.put("external_entity_id", range.externalEntityId());
            }
        }
        return json.put("created_at", text(replay.createdAt()));
    }

    static ObjectNode managementKey(ManagementKey key) {
        var json = Json.object();
        json.put("id", key.prefix().value());
        json.put("prefix", key.prefix().value());
        json.put("name", key.name());
        json.put("role", role(key.role()));
        var group = key.groupId();
        json.put("group_id", group == null ? null : group.value());
        json.put("created_at", text(key.createdAt()));
        json.put("expires_at", text(key.expiresAt()));
        return json;
    }

    private static ObjectNode price(Price price) {
        var json = Json.object();
        json.put("id", price.id().value());
        json.put("slug", price.slug());
        var provider = price.provider();
        json.put("provider", provider == null ? null : provider.name());
        json.put("target_model", price.targetModel());
        json.put("currency", "USD");
        json.put("per_tokens", 1_000_000);
        json.put("input", price.input().toUsdPerMillion());
        json.put("cached_input", rate(price.cachedInput()));
        json.put("cache_write", rate(price.cacheWrite()));
        json.put("output", price.output().toUsdPerMillion());
        json.put("reasoning", rate(price.reasoning()));
        json.put("valid_from", text(price.validFrom()));
        json.put("valid_to", text(price.validTo()));
        return stamped(json, price.createdAt(), price.updatedAt(), price.version());
    }

    private static ObjectNode adjustment(Adjustment adjustment) {
        var json = Json.object();
        json.put("id", adjustment.id().value());
        json.put("group_id", adjustment.groupId().value());
        json.put("external_entity_id", adjustment.externalEntityId());
        json.put("amount_usd", adjustment.amount().toDecimal());
        json.put("reason", adjustment.reason());
        json.put("reference", adjustment.reference());
        json.put("model_slug", adjustment.modelSlug());
        var hex = HexFormat.of().formatHex(adjustment.signature());
        json.put("signature", Adjustment.SIGNATURE_SCHEME + hex);
        json.put("timestamp", text(adjustment.id().drawnAt()));
        return json.put("created_at", text(adjustment.createdAt()));
    }

    static ObjectNode fact(ControlEvent event) {
        var json = Json.object();
        json.put("id", event.id().value());
        json.put("sequence", event.sequence());
        json.put("at", text(event.at()));
        json.set("actor", actor(event.actor()));
        json.put("action", event.action());
        var subject = event.subject();
        json.putObject("resource")
                .put("type", subject.kind().label())
                .put("id", subject.resourceId());
        json.put("request_id", event.requestId());
        json.set("before", nullable(event.before()));
        json.set("after", nullable(event.after()));
        json.put("hash", HexFormat.of().formatHex(event.hash()));
        return json;
    }

    static String role(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode actor(Actor actor) {
        var json = Json.object();
        json.put("type", actor.type());
        json.put("id", actor.id());
        json.put("name", actor.name());
        var role = actor.role();
        json.put("role", role == null ? null : role(role));
        return json;
    }

    private static @Nullable ObjectNode nullable(@Nullable Resource resource) {
        return resource == null ? null : of(resource);
    }

    static @Nullable String text(@Nullable Instant at) {
        return at == null ? null : at.toString();
    }

    static void texts(ArrayNode array, Collection<String> texts) {
        texts.forEach(array::add);
    }

    static ObjectNode stamped(ObjectNode json, Instant created, Instant updated, long version) {
        json.put("created_at", text(created));
        json.put("updated_at", text(updated));
        return json.put("version", version);
    }

    private static void optional(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static @Nullable String rate(@Nullable TokenRate rate) {
        return rate == null ? null : rate.toUsdPerMillion();
    }
}
