package dev.turnpike.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnpike.launcher.contract.Contract;
import dev.turnpike.launcher.contract.Contract.Operation;
import dev.turnpike.runtime.http.Json;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A request for every operation of the management API that the server does what it asks: real ids,
 * fresh for every request, and a body where there is one. A new operation with a new parameter or a
 * body needs a line here.
 */
final class ManagementSamples {
    private static final String MODELS = "\"models\":[{\"slug\":\"sample/m\"}]";

    private final ControlClient owner;
    private final Map<String, UnaryOperator<String>> outside = new HashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final KeyPair signer;
    private final String signedUnder;
    private final String headerPrefix;

    /**
     * @param owner makes what requests are about
     */
    ManagementSamples(ControlClient owner) {
        this(owner, "X-Turnpike");
    }

    /**
     * @param headerPrefix of an installation with a name of its own
     */
    ManagementSamples(ControlClient owner, String headerPrefix) {
        this.owner = owner;
        this.headerPrefix = headerPrefix;
        try {
            signer = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        if (describes("createPrefix")) {
            made("prefixes", "{\"prefix\":\"sample\"}"); // From the first on, slugs need one.
        }
        signedUnder = made("registration_keys", registrationKey(signer));
    }

    private static boolean describes(String operation) {
        return Contract.ofControl().operations().stream().anyMatch(o -> o.id().equals(operation));
    }

    /** Settings of a control plane that has a price. */
    static Map<String, String> settings(Path directory) throws IOException {
        var prices = directory.resolve("prices.yaml");
        Files.writeString(
                prices,
                "prices: [{slug: a/b, input: 1, output: 2, valid_from: 2026-01-01T00:00:00Z}]");
        return Map.of(
                "owner-key", ControlReplica.OWNER_KEY, "control.prices-file", prices.toString());
    }

    /**
     * Makes ids of what no request makes.
     *
     * @param made gives one, from the id before it in the path, which is empty when there is none
     */
    void outside(String parameter, UnaryOperator<String> made) {
        outside.put(parameter, made);
    }

    /**
     * A request.
     *
     * @param ids by parameter of the path
     * @param body null for none
     */
    record Sample(
            Operation operation,
            Map<String, String> ids,
            Map<String, String> headers,
            @Nullable String body) {
        String path() {
            var path = operation.path();
            for (var id : ids.entrySet()) {
                path =
                        path.replace(
                                "{" + id.getKey() + "}", URLEncoder.encode(id.getValue(), UTF_8));
            }
            // Events are read from a time on, the first time.
            return operation.id().equals("listEvents")
                    ? path + "?start_time=2026-01-01T00:00:00Z"
                    : path;
        }

        ControlClient.Got send(ControlClient as) {
            return as.send(operation.method(), path(), body, headers);
        }

        /** The same with more in the query and the head. */
        ControlClient.Got send(ControlClient as, String query, Map<String, String> more) {
            var all = new LinkedHashMap<>(headers);
            all.putAll(more);
            var path = path();
            var joined = query.isEmpty() ? path : path + (path.contains("?") ? "&" : "?") + query;
            return as.send(operation.method(), joined, body, all);
        }

        Sample withBody(@Nullable String other) {
            return new Sample(operation, ids, headers, other);
        }

        /** About things that were never made, of the right form. */
        Sample absent() {
            var gone = new LinkedHashMap<>(ids);
            gone.replaceAll((_, id) -> id.substring(0, Math.max(0, id.length() - 4)) + "0000");
            return new Sample(operation, gone, headers, body);
        }
    }

    Sample of(Operation operation) {
        var ids = new LinkedHashMap<String, String>();
        for (var parameter : Contract.parameters(operation)) {
            ids.put(parameter, id(parameter, ids));
        }
        var body = body(operation);
        return new Sample(operation, ids, headers(operation, body), body);
    }

    private String id(String parameter, Map<String, String> before) {
        var own = outside.get(parameter);
        if (own != null) {
            return own.apply(before.values().stream().findFirst().orElse(""));
        }
        return switch (parameter) {
            case "endpoint_id" -> endpointId();
            case "group_id" -> made("groups", group());
            case "user_id" -> made("users", user());
            case "api_key_prefix" ->
                    owner.post("groups/" + before.values().iterator().next() + "/api_keys", "{}")
                            .text("/prefix");
            case "credential_id" -> made("credentials", credential());
            case "webhook_id" -> made("webhooks", webhook());
            case "management_key_id" -> made("management_keys", managementKey());
            case "registration_key_id" -> made("registration_keys", newRegistrationKey());
            case "price_id" -> owner.get("prices").text("/items/0/id");
            case "prefix" -> made("prefixes", prefix());
            case "domain_id" -> made("domains", domain());
            case "adjustment_id" -> made("adjustments", adjustment());
            case "decision_id" -> "dec_01JD0000000000000000000001";
            case "delivery_id" -> "dlv_01JD0000000000000000000001";
            case "subject" -> owner.get("/schema-registry/subjects").text("/0");
            case "version" -> "1";
            case "id" -> "1";
            default -> throw new AssertionError("no sample of the parameter " + parameter);
        };
    }

    private @Nullable String body(Operation operation) {
        if (!operation.node().has("requestBody")) {
            return null;
        }
        return switch (operation.id()) {
            case "createEndpoint" -> endpoint();
            case "updateEndpoint" -> "{\"slug\":\"sample/" + next() + "\"}";
            case "createGroup" -> group();
            case "updateGroup" -> "{\"metadata\":{\"name\":\"" + next() + "\"}}";
            case "upsertUser" -> user();
            case "mintApiKey", "mintApiKeyOfUser" -> "{\"name\":\"n\"}";
            case "registerApiKey" ->
                    "{\"key\":\"%s-key-of-the-operators-own-making-9LkV4tRwB8nYc3Hs\"}"
                            .formatted(next());
            case "createRegistrationKey" -> newRegistrationKey();
            case "createCredential" -> credential();
            case "rotateCredential" -> "{\"value\":\"v2\"}";
            case "createWebhook" -> webhook();
            case "updateWebhook" -> "{\"description\":\"" + next() + "\"}";
            case "rotateWebhookSecret" -> "{\"overlap_seconds\":1}";
            case "createPrefix" -> prefix();
            case "createDomain" -> domain();
            case "updateDomain" -> "{\"prefixes\":[]}";
            case "rotateDomainCertificate" ->
                    "{\"certificate_chain\":\"none\",\"private_key\":\"none\"}";
            case "createAdjustment" -> adjustment();
            case "replayWebhook" ->
                    "{\"start_time\":\"2026-01-01T00:00:00Z\",\"end_time\":\"2026-01-02T00:00:00Z\"}";
            case "createManagementKey" -> managementKey();
            case "applyChanges" ->
                    "{\"commands\":[{\"method\":\"POST\",\"path\":\"/endpoints\",\"body\":"
                            + endpoint()
                            + "}]}";
            case "registryLookup" -> registeredSchema();
            default -> throw new AssertionError("no sample of a body of " + operation);
        };
    }

    private Map<String, String> headers(Operation operation, @Nullable String body) {
        return operation.id().equals("registerApiKey") && body != null
                ? signatureOf(body)
                : Map.of();
    }

    /** The headers of a registration. */
    Map<String, String> signatureOf(String body) {
        return Map.of(headerPrefix + "-Signature", signed(body));
    }

    private String made(String collection, String body) {
        var got = owner.post(collection, body);
        if (got.status() != 200) {
            throw new AssertionError(collection + ": " + got.body());
        }
        return got.text("/id");
    }

    /** A new endpoint. */
    String endpointId() {
        return made("endpoints", endpoint());
    }

    private String next() {
        return "s%04d".formatted(count.incrementAndGet());
    }

    private String endpoint() {
        return "{\"slug\":\"sample/" + next() + "\",\"targets\":[{\"provider\":\"DEMO\"}]}";
    }

    private String prefix() {
        return "{\"prefix\":\"" + next() + "\"}";
    }

    private String domain() {
        return "{\"host\":\"" + next() + ".example.com\",\"prefixes\":[\"sample\"]}";
    }

    private String adjustment() {
        return "{\"group_id\":\"%s\",\"amount_usd\":\"-1.5\",\"reason\":\"goodwill\"}"
                .formatted(made("groups", group()));
    }

    String group() {
        return "{\"metadata\":{\"external_entity_id\":\"" + next() + "\"}," + MODELS + "}";
    }

    private String user() {
        return "{\"customer_id\":\"" + next() + "\"," + MODELS + "}";
    }

    private String credential() {
        return "{\"name\":\"" + next() + "\",\"value\":\"v\"}";
    }

    private String webhook() {
        return "{\"url\":\"https://example.com/" + next() + "\"}";
    }

    private String managementKey() {
        return "{\"name\":\"" + next() + "\",\"role\":\"auditor\"}";
    }

    private String registeredSchema() {
        var subject = owner.get("/schema-registry/subjects").text("/0");
        var registered = owner.get("/schema-registry/subjects/" + subject + "/versions/1");
        return Json.object().put("schema", registered.text("/schema")).toString();
    }

    /** There may be few of them, so those of earlier samples make room. */
    private synchronized String newRegistrationKey() {
        for (var key : owner.get("registration_keys").body().path("items")) {
            var id = key.path("id").asText();
            if (!id.equals(signedUnder)) {
                owner.delete("registration_keys/" + id);
            }
        }
        try {
            return registrationKey(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String registrationKey(KeyPair pair) {
        var encoded = pair.getPublic().getEncoded();
        var raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        return "{\"public_key\":\"" + Base64.getEncoder().encodeToString(raw) + "\"}";
    }

    private String signed(String body) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(signer.getPrivate());
            signature.update(body.getBytes(UTF_8));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The roles that keys are made with. */
    static List<String> roles() {
        return List.of(
                "owner", "admin", "operator", "billing", "auditor", "tenant_admin", "member");
    }
}
