package dev.turnpike.launcher.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.launcher.demo.HttpApi.Answer;
import dev.turnpike.runtime.http.Json;
import java.net.http.HttpClient;

/** What the operator of the story does on the management API. */
final class Management {
    private static final String BASE = "/v1/gateway";
    private static final String WHOLE_LIST = "?limit=1000";
    private static final String RECEIVER = "receiver of the demo";
    private static final int OK = 200;

    private final HttpApi api;

    Management(HttpClient http, String controlUrl, String ownerKey) {
        this.api = new HttpApi(http, controlUrl, ownerKey);
    }

    /**
     * A customer with a key.
     *
     * @param keyPrefix the public part of the key
     */
    record Customer(String groupId, String key, String keyPrefix) {}

    /** Where events go, and the secret they are signed with. */
    record Hook(String id, String secret) {}

    /** Publishes the demo model under {@code slug}, unless an earlier run did. */
    void publish(String slug) {
        if (isPublished(slug)) {
            return;
        }
        var endpoint = Json.object().put("slug", slug);
        endpoint.putArray("targets").addObject().put("provider", "DEMO");
        require(api.post(BASE + "/endpoints", endpoint), "publishing " + slug);
    }

    private boolean isPublished(String slug) {
        var list = require(api.get(BASE + "/endpoints" + WHOLE_LIST), "listing endpoints");
        for (var endpoint : list.path("items")) {
            if (endpoint.path("slug").asText().equals(slug)) {
                return true;
            }
        }
        return false;
    }

    /** Makes a group that may call {@code slug} so often a minute, and a key for it. */
    Customer addCustomer(String externalId, String name, String slug, int requestsPerMinute) {
        var group = Json.object();
        group.putObject("metadata").put("external_entity_id", externalId).put("name", name);
        var model = group.putArray("models").addObject().put("slug", slug);
        model.putArray("rate_limits")
                .addObject()
                .put("type", "REQUEST")
                .put("unit", "MINUTE")
                .put("threshold", requestsPerMinute);
        var groupId =
                require(api.post(BASE + "/groups", group), "creating a group").path("id").asText();
        var minted =
                require(
                        api.post(keys(groupId), Json.object().put("name", "demo")),
                        "minting a key");
        return new Customer(
                groupId, minted.path("api_key").asText(), minted.path("prefix").asText());
    }

    /** Takes a customer's key away. */
    void revoke(Customer customer) {
        require(
                api.delete(keys(customer.groupId()) + "/" + customer.keyPrefix()),
                "revoking a key");
    }

    private static String keys(String groupId) {
        return BASE + "/groups/" + groupId + "/api_keys";
    }

    /** Has all billing events sent to {@code url}; receivers of earlier runs are removed. */
    Hook sendEventsTo(String url) {
        var webhooks = BASE + "/webhooks";
        var list = require(api.get(webhooks + WHOLE_LIST), "listing webhooks");
        for (var webhook : list.path("items")) {
            if (webhook.path("description").asText().equals(RECEIVER)) {
                var old = webhooks + "/" + webhook.path("id").asText();
                require(api.delete(old), "deleting the webhook of an earlier run");
            }
        }
        var created =
                require(
                        api.post(
                                webhooks,
                                Json.object().put("url", url).put("description", RECEIVER)),
                        "creating a webhook");
        return new Hook(created.path("id").asText(), created.path("secret").asText());
    }

    private static ObjectNode require(Answer answer, String doing) {
        if (answer.status() != OK) {
            throw new StoryException(
                    "%s was answered %d: %s"
                            .formatted(
                                    doing,
                                    answer.status(),
                                    answer.body().path("error").path("message").asText("?")));
        }
        return answer.body();
    }
}
