package dev.turnpike.launcher.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.turnpike.launcher.demo.Management.Customer;
import dev.turnpike.launcher.demo.Management.Hook;
import dev.turnpike.launcher.up.AllInOne;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import java.math.BigDecimal;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The story: publish a model, mint a key, call, run into a limit, find the usage in the ledger and
 * in a signed webhook, revoke the key. Told once, by one thread.
 */
public final class Story {
    /** The public name of the demo model. */
    public static final String SLUG = "demo/hello";

    /** Calls a minute the customer of the story may make; the story makes one more. */
    static final int REQUESTS_PER_MINUTE = 3;

    /** Calls a minute with the key that stays valid. */
    static final int GUEST_REQUESTS_PER_MINUTE = 60;

    /** How long a change may take to reach the gateway. */
    static final Duration CHANGE_PATIENCE = Duration.ofSeconds(20);

    /** How long usage may take to reach the ledger and the receiver. */
    static final Duration MONEY_PATIENCE = Duration.ofSeconds(30);

    private static final Duration LOOK_INTERVAL = Duration.ofMillis(20);
    private static final int CALLS_MAX = 2 * REQUESTS_PER_MINUTE + 2;
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int TOO_MANY_REQUESTS = 429;

    private final AllInOne all;
    private final Narrator narrator;
    private final HttpClient http;
    private final Management management;
    private final Receiver receiver;
    private final InstantSource clock;
    private final Facts facts;
    private final Set<String> served = new LinkedHashSet<>();
    private Optional<String> refused = Optional.empty();
    private NanoUsd cost = NanoUsd.ZERO;
    private JsonNode streamedUsage = Json.object();

    /** Who is in the story. */
    private record Cast(Customer customer, Customer guest, Hook hook, LedgerReader ledger) {}

    private Story(
            AllInOne all,
            HttpClient http,
            String ownerKey,
            Receiver receiver,
            Narrator narrator,
            InstantSource clock) {
        this.all = all;
        this.http = http;
        this.receiver = receiver;
        this.narrator = narrator;
        this.clock = clock;
        this.management = new Management(http, all.controlUrl(), ownerKey);
        this.facts = new Facts(narrator);
    }

    /**
     * How it went.
     *
     * @param guestKey a key that stays valid; empty when the story did not get that far
     */
    record Ending(Facts facts, Optional<String> guestKey, Optional<Hook> hook) {}

    /**
     * Tells the story to its end, whatever fails on the way.
     *
     * @param receiver where webhooks are sent
     * @throws InterruptedException if the waiting thread is interrupted
     */
    static Ending tell(
            AllInOne all,
            String ownerKey,
            Receiver receiver,
            Narrator narrator,
            Duration sinceStart)
            throws InterruptedException {
        var begun = System.nanoTime();
        try (var http = HttpClient.newHttpClient()) {
            var story = new Story(all, http, ownerKey, receiver, narrator, InstantSource.system());
            var cast = story.play();
            var took = sinceStart.plusNanos(System.nanoTime() - begun);
            story.facts.put("seconds", Json.mapper().valueToTree(took.toMillis() / 1000.0));
            return new Ending(story.facts, cast.map(c -> c.guest().key()), cast.map(Cast::hook));
        }
    }

    private Optional<Cast> play() throws InterruptedException {
        facts.put("gateway_url", TextNode.valueOf(all.gatewayUrl()));
        facts.put("control_url", TextNode.valueOf(all.controlUrl()));
        facts.put("kafka_bootstrap", TextNode.valueOf(all.bootstrapServers()));
        facts.put("registry_url", TextNode.valueOf(all.addresses().registryUrl()));
        try (var ledger = LedgerReader.fromNow(all.kafka(), all.schemaIds())) {
            var cast = prepare(ledger);
            facts.check("completion", () -> completion(cast));
            facts.check("limit_refusal", () -> limitRefusal(cast));
            facts.check("ledger", () -> ledger(cast));
            facts.check("webhook", () -> webhook(cast));
            facts.check("revoked_key_status", () -> revokedKeyStatus(cast));
            return Optional.of(cast);
        } catch (StoryException e) {
            facts.fail("preparation", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Cast prepare(LedgerReader ledger) throws InterruptedException {
        narrator.chapter("Publish a model, sign up a customer, mint a key");
        management.publish(SLUG);
        narrator.say("published  %s  (a scripted model inside this process)", SLUG);
        var run = Long.toString(clock.millis(), Character.MAX_RADIX);
        var customer = management.addCustomer("acme-" + run, "Acme", SLUG, REQUESTS_PER_MINUTE);
        narrator.say("customer   acme-%s, %d requests a minute", run, REQUESTS_PER_MINUTE);
        narrator.say("key        %s.(secret)", customer.keyPrefix());
        var guest =
                management.addCustomer("guest-" + run, "Guest", SLUG, GUEST_REQUESTS_PER_MINUTE);
        var hook = management.sendEventsTo(receiver.url());
        narrator.say("webhook    %s", receiver.url());
        var waited = awaitVisible(customer);
        awaitVisible(guest);
        narrator.say("effective on the gateway after %d ms", waited.toMillis());
        return new Cast(customer, guest, hook, ledger);
    }

    /** Waits until the gateway shows the model to the key. */
    private Duration awaitVisible(Customer customer) throws InterruptedException {
        var api = new HttpApi(http, all.gatewayUrl(), customer.key());
        var begun = clock.instant();
        while (true) {
            var answer = api.get("/v1/models");
            var waited = Duration.between(begun, clock.instant());
            if (answer.status() == OK && answer.body().path("data").size() > 0) {
                return waited;
            }
            if (waited.compareTo(CHANGE_PATIENCE) > 0) {
                throw new StoryException(
                        "after %s GET /v1/models with the new key still answers %d"
                                .formatted(CHANGE_PATIENCE, answer.status()));
            }
            Thread.sleep(LOOK_INTERVAL);
        }
    }

    private JsonNode completion(Cast cast) {
        narrator.chapter("Stream a chat completion with that key");
        narrator.piece("   > ");
        var streamed =
                chat(cast.customer()).stream("Hello, Turnpike! What are you?", narrator::piece);
        narrator.endLine();
        narrator.say("%d pieces, usage %s", streamed.pieces(), streamed.usage());
        served.add(streamed.requestId());
        streamedUsage = streamed.usage();
        var fact = Json.object().put("streamed", true).put("text", streamed.text());
        fact.set("usage", streamed.usage());
        return fact.put("request_id", streamed.requestId());
    }

    private JsonNode limitRefusal(Cast cast) {
        narrator.chapter("Call until the limit refuses");
        var chat = chat(cast.customer());
        for (int call = 1; call <= CALLS_MAX; call++) {
            var answer = chat.ask("Call number " + call);
            var id = answer.header("x-request-id");
            narrator.say("call %d: %d", call + 1, answer.status());
            if (answer.status() == TOO_MANY_REQUESTS) {
                refused = id;
                return refusal(answer);
            }
            if (answer.status() != OK || id.isEmpty()) {
                throw new StoryException("a call within the limit was answered " + answer.status());
            }
            served.add(id.get());
        }
        throw new StoryException(CALLS_MAX + " calls within a minute and none was refused");
    }

    private ObjectNode refusal(HttpApi.Answer answer) {
        var error = answer.body().path("error");
        var decision = error.path("decision").asText();
        var retryAfter = answer.header("retry-after").orElse("");
        if (served.size() != REQUESTS_PER_MINUTE) {
            throw new StoryException(
                    "%d calls were served under a limit of %d"
                            .formatted(served.size(), REQUESTS_PER_MINUTE));
        }
        if (decision.isEmpty() || !retryAfter.matches("[1-9][0-9]{0,5}")) {
            throw new StoryException(
                    "the 429 has decision '%s' and Retry-After '%s'"
                            .formatted(decision, retryAfter));
        }
        narrator.say("refused: %s", error.path("message").asText());
        narrator.say("decision %s, retry after %s s", decision, retryAfter);
        return Json.object()
                .put("status", answer.status())
                .put("retry_after", Integer.parseInt(retryAfter))
                .put("decision", decision)
                .put("code", error.path("code").asText());
    }

    private JsonNode ledger(Cast cast) {
        narrator.chapter("Find the usage in the ledger (topic turnpike.ledger)");
        var wanted = new LinkedHashSet<>(served);
        refused.ifPresent(wanted::add);
        var entries = cast.ledger().await(wanted, MONEY_PATIENCE);
        for (var entry : entries) {
            checkEntry(entry);
            var amount = entry.cost();
            cost = amount == null ? cost : cost.plus(amount);
            narrator.say(
                    "%s  %-9s  %s",
                    entry.call().requestId().value(), entry.label(), amount == null ? "-" : amount);
        }
        if (entries.isEmpty() || cost.value() <= 0) {
            throw new StoryException("the ledger entries cost nothing: is there a price?");
        }
        return Json.object().put("entries", entries.size()).put("cost_usd", cost.toDecimal());
    }

    private void checkEntry(LedgerEntry entry) {
        var id = entry.call().requestId().value();
        var expected = served.contains(id) ? Outcome.COMPLETED : Outcome.REFUSED;
        if (entry.outcome() != expected) {
            throw new StoryException(
                    "request %s is in the ledger as %s".formatted(id, entry.label()));
        }
        var settlement = entry.settlement();
        boolean first = served.stream().findFirst().filter(id::equals).isPresent();
        if (settlement != null && first && streamedUsage.has("total_tokens")) {
            long shown = streamedUsage.path("total_tokens").asLong();
            long billed = settlement.usage().inputTokens() + settlement.usage().outputTokens();
            if (shown != billed) {
                throw new StoryException(
                        "the client was shown %d tokens, the ledger has %d"
                                .formatted(shown, billed));
            }
        }
    }

    private JsonNode webhook(Cast cast) throws InterruptedException {
        narrator.chapter("Receive the same as signed webhooks");
        var check = new SignatureCheck(all.configuration().headerPrefix(), cast.hook().secret());
        var costs = new HashMap<String, BigDecimal>();
        int deliveries = 0;
        var deadline = clock.instant().plus(MONEY_PATIENCE);
        while (!costs.keySet().containsAll(served)) {
            var patience = Duration.between(clock.instant(), deadline);
            var delivery = receiver.next(patience.isNegative() ? Duration.ZERO : patience);
            if (delivery.isEmpty()) {
                throw new StoryException(
                        "within %s the receiver got %d of %d events"
                                .formatted(MONEY_PATIENCE, costs.size(), served.size()));
            }
            check.verify(delivery.get(), clock.instant());
            deliveries++;
            costs.putAll(Events.costs(delivery.get().body()));
        }
        compareCosts(costs);
        narrator.say(
                "%d deliveries, %d events, both signatures verified", deliveries, costs.size());
        return Json.object()
                .put("deliveries", deliveries)
                .put("events", costs.size())
                .put("verified", true);
    }

    private void compareCosts(Map<String, BigDecimal> costs) {
        var total = costs.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        if (!new TreeSet<>(costs.keySet()).equals(new TreeSet<>(served))) {
            throw new StoryException("the receiver got events of other requests");
        }
        if (NanoUsd.ofDecimal(total).compareTo(cost) != 0) {
            throw new StoryException(
                    "webhooks say %s USD, the ledger %s".formatted(total.toPlainString(), cost));
        }
    }

    private JsonNode revokedKeyStatus(Cast cast) throws InterruptedException {
        narrator.chapter("Revoke the key");
        management.revoke(cast.customer());
        var begun = clock.instant();
        var chat = chat(cast.customer());
        while (true) {
            int status = chat.ask("Still there?").status();
            var waited = Duration.between(begun, clock.instant());
            if (status == UNAUTHORIZED) {
                narrator.say("the key is answered 401 after %d ms", waited.toMillis());
                return IntNode.valueOf(status);
            }
            if (waited.compareTo(CHANGE_PATIENCE) > 0) {
                throw new StoryException(
                        "%s after its revocation the key is answered %d"
                                .formatted(CHANGE_PATIENCE, status));
            }
            Thread.sleep(LOOK_INTERVAL);
        }
    }

    private Chat chat(Customer customer) {
        return new Chat(http, all.gatewayUrl(), customer.key(), SLUG);
    }
}
