package dev.turnpike.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.EdgeRecords.Customer;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.launcher.contract.WhiteLabel;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.UtcDay;
import dev.turnpike.testkit.webhook.Delivery;
import dev.turnpike.testkit.webhook.WebhookSink;
import dev.turnpike.usage.UsageConfig;
import dev.turnpike.usage.UsageService;
import dev.turnpike.webhook.WebhookService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.StreamSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the management API tells of usage, events and refusals. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UsageReadsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long CENT = 10_000_000L;

    private final Instant now =
            UtcDay.withRoom(Duration.ofMinutes(2)).truncatedTo(ChronoUnit.MILLIS);

    private EmbeddedBroker broker;
    private ControlReplica replica;
    private ControlClient owner;
    private UsageService aggregator;
    private EdgeRecords edge;
    private WebhookService dispatcher;
    private int customers;

    @BeforeAll
    void start(@TempDir Path directory) {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        replica =
                ControlReplica.start(
                        broker.bootstrapServers(),
                        directory,
                        Map.of(
                                "owner-key",
                                ControlReplica.OWNER_KEY,
                                "outbound.allow-private",
                                "true"));
        owner = replica.client();
        var clients = new KafkaClients(KafkaSettings.plain(broker.bootstrapServers()));
        aggregator =
                new UsageService(
                        new UsageConfig(
                                directory.resolve("usage"),
                                Optional.empty(),
                                1,
                                Duration.ofDays(10)),
                        clients,
                        CompiledSchemas.INSTANCE,
                        new SimpleMeterRegistry(),
                        InstantSource.system(),
                        new IdSource(InstantSource.system(), new Random(3)));
        aggregator.start((part, cause) -> {
            throw new AssertionError(part, cause);
        });
        edge = new EdgeRecords(clients);
        dispatcher =
                WebhookRig.dispatcher(
                        clients,
                        directory,
                        Map.of("branding.header-prefix", WhiteLabel.HEADER_PREFIX));
        dispatcher.start((part, cause) -> {
            throw new AssertionError(part, cause);
        });
        WebhookRig.awaitReady(dispatcher);
    }

    @AfterAll
    void stop() {
        edge.close();
        dispatcher.close();
        aggregator.close();
        owner.close();
        replica.close();
        broker.close();
    }

    /** A root with a child below it, in a CASCADING tree with budgets. */
    private Customer customer() {
        var name = "customer-" + ++customers;
        var root = made(name + "-root", "null", "100");
        var leaf = made(name, "\"" + root + "\"", "\"2.5\"");
        return new Customer(leaf, root, name);
    }

    private String made(String name, String parent, String dollars) {
        var got =
                owner.post(
                        "groups",
                        """
                        {"metadata": {"external_entity_id": "%s"},
                         "hierarchy": {"limit_enforcement": "CASCADING", "parent_group_id": %s},
                         "models": [{"slug": "acme/m1",
                           "rate_limits": [{"type": "REQUEST", "unit": "MINUTE", "threshold": 60}],
                           "usage_limits": [{"type": "COST", "unit": "DAY", "threshold": %s}]}]}
                        """
                                .formatted(name, parent, dollars));
        assertThat(got.status()).as("%s", got.body()).isEqualTo(200);
        return got.text("/id");
    }

    @Test
    void usageIsZeroBeforeTheFirstRequestAndThenWhatWasChargedAtEachLevel() {
        var who = customer();
        var path = "groups/" + who.group() + "/usage";
        var before =
                Eventually.await(
                        PATIENCE,
                        "the copy of totals is there",
                        () -> owner.get(path),
                        got -> got.status() == 200);
        assertThat(before.text("/customer_id")).isEqualTo(who.external());
        var entries = before.body().at("/usage/acme~1m1");
        assertThat(entries).hasSize(2);
        assertThat(entries.get(0).path("threshold").asText()).isEqualTo("2.5");
        assertThat(entries.get(0).path("current_usage").asText()).isEqualTo("0");
        assertThat(entries.get(0).path("source_group").asText()).isEqualTo(who.group());
        assertThat(entries.get(1).path("source_group").asText()).isEqualTo(who.root());
        assertThat(entries.get(1).path("reset_at").asText()).endsWith("T00:00:00Z");

        edge.settled(
                who,
                now,
                EdgeRecords.charge(who.group(), LimitType.COST, LimitUnit.DAY, now, 3 * CENT),
                EdgeRecords.charge(who.root(), LimitType.COST, LimitUnit.DAY, now, 3 * CENT),
                EdgeRecords.charge(who.group(), LimitType.REQUEST, LimitUnit.MINUTE, now, 1));

        Eventually.await(
                PATIENCE,
                "the cost is seen at both levels",
                () ->
                        used(owner.get(path), 0).equals("0.03")
                                && used(owner.get(path), 1).equals("0.03"));
        assertThat(owner.get(path + "?include_ancestors=false").body().at("/usage/acme~1m1"))
                .hasSize(1);
        var rates = owner.get(path + "?include_rate_limits=true&include_ancestors=false");
        assertThat(rates.body().at("/rates/acme~1m1/0/unit").asText()).isEqualTo("MINUTE");
        assertThat(owner.get(path + "?include_ancestors=maybe").text("/error/param"))
                .isEqualTo("include_ancestors");
        assertThat(owner.get("groups/grp_x/usage").status()).isEqualTo(404);
    }

    private static String used(ControlClient.Got got, int entry) {
        return got.text("/usage/acme~1m1/" + entry + "/current_usage");
    }

    @Test
    void aKeyTellsWhenItWasLastUsedAlsoByARefusedRequestAndLateOnesDoNotMoveItBack() {
        var who = customer();
        var keys = "groups/" + who.group() + "/api_keys";
        var minted = owner.post(keys, "{\"name\":\"first\"}");
        assertThat(minted.body().path("last_used_at").isNull()).as("%s", minted.body()).isTrue();
        var served = minted.text("/prefix");
        var refused = owner.post(keys, "{}").text("/prefix");
        var idle = owner.post(keys, "{}").text("/prefix");
        Eventually.await(
                PATIENCE,
                "the copy of uses is there",
                () -> owner.get(keys + "/" + idle).body().has("last_used_at"));

        edge.settled(who.withKey(served), now);
        edge.refused(who.withKey(refused), now.plusMillis(7), who.root());

        Eventually.await(
                PATIENCE,
                "both uses are seen",
                () ->
                        owner.get(keys + "/" + served).text("/last_used_at").equals(text(now))
                                && owner.get(keys + "/" + refused)
                                        .text("/last_used_at")
                                        .equals(text(now.plusMillis(7))));
        edge.settled(who.withKey(served), now.minusSeconds(3_600));
        edge.settled(who.withKey(idle), now.minusSeconds(3_600)); // Before there was this key.
        var later = owner.post(keys, "{}").text("/prefix");
        edge.settled(who.withKey(later), now); // The same partition: what came before was seen.
        Eventually.await(
                PATIENCE,
                "the last of them is seen",
                () -> owner.get(keys + "/" + later).text("/last_used_at").equals(text(now)));
        var uses =
                items(owner.get(keys)).stream()
                        .map(key -> key.path("last_used_at").asText())
                        .toList();
        assertThat(uses).containsExactly(text(now), text(now.plusMillis(7)), "null", text(now));
    }

    @Test
    void whatComesLateOfAKeyThatHadThePrefixBeforeIsNotTheUseOfTheOneThatHasIt() {
        var who = customer();
        var before = customer();
        var keys = "groups/" + who.group() + "/api_keys";
        var prefix = owner.post(keys, "{}").text("/prefix");
        edge.settled(who.withKey(prefix), now);
        awaitUse(keys + "/" + prefix);

        edge.settled(before.withKey(prefix), now.minusSeconds(30));
        var others = "groups/" + before.group() + "/api_keys";
        var marker = owner.post(others, "{}").text("/prefix");
        edge.settled(before.withKey(marker), now);
        awaitUse(others + "/" + marker);

        assertThat(owner.get(keys + "/" + prefix).text("/last_used_at")).isEqualTo(text(now));
    }

    private void awaitUse(String key) {
        Eventually.await(
                PATIENCE,
                "the use of " + key,
                () -> owner.get(key).text("/last_used_at").equals(text(now)));
    }

    private static String text(Instant at) {
        return at.toString();
    }

    @Test
    void pagesOfEventsHoldEachOnceAndAPositionGoesOnWithWhatCameLater() {
        var who = customer();
        var start = now.minusSeconds(3_600);
        var wanted = new HashSet<String>();
        for (int i = 0; i < 25; i++) {
            wanted.add(edge.settled(who, start.plusSeconds(i)).value());
        }
        edge.settled(who, start.minusMillis(1)); // Before the range.
        edge.ended(who, start.plusSeconds(1), Outcome.UPSTREAM_FAILED, false); // Not charged.
        var query = "events?group_id=" + who.root() + "&start_time=" + start;
        Eventually.await(
                PATIENCE,
                "every event is there",
                () -> items(owner.get(query + "&limit=1000")).size() == wanted.size());

        var seen = new ArrayList<String>();
        var page = owner.get(query + "&limit=7");
        while (page.body().at("/pagination/has_more").asBoolean()) {
            assertThat(items(page)).hasSize(7);
            seen.addAll(ids(page));
            var cursor = page.text("/pagination/cursor");
            page = owner.get("events?limit=7&group_id=" + who.root() + "&cursor=" + cursor);
            assertThat(page.status()).as("%s", page.body()).isEqualTo(200);
        }
        seen.addAll(ids(page));
        assertThat(page.body().at("/pagination/cursor").isNull()).isTrue();
        assertThat(seen).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(wanted);

        var tail = "events?group_id=" + who.root() + "&cursor=" + page.text("/position");
        assertThat(items(owner.get(tail))).isEmpty();
        var later = edge.settled(who, now).value();
        Eventually.await(PATIENCE, "it comes", () -> ids(owner.get(tail)).equals(List.of(later)));
        var event = items(owner.get(tail)).getFirst();
        assertThat(event.path("requestMetadata").path("order").asText()).isEqualTo("7");
        assertThat(event.path("clientRequestId").asText()).isEqualTo("client-7");
        assertThat(event.path("externalEntityId").asText()).isEqualTo(who.external());
    }

    @Test
    void everyFilterOfEventsNarrowsAndBadOnesAreRefused() {
        var who = customer();
        edge.settled(who, now);
        edge.ended(who, now, Outcome.CLIENT_GONE, true);
        edge.refused(who, now, who.root());
        var start = "events?start_time=" + now.minusSeconds(5);
        var mine = start + "&external_entity_id=" + who.external();
        Eventually.await(
                PATIENCE,
                "all three are there",
                () ->
                        items(owner.get(mine + "&outcome=completed,client_gone,refused")).size()
                                == 3);

        assertThat(items(owner.get(mine))).hasSize(2);
        assertThat(items(owner.get(mine + "&outcome=refused"))).hasSize(1);
        assertThat(items(owner.get(mine + "&model_slug=acme/m1"))).hasSize(2);
        assertThat(items(owner.get(mine + "&model_slug=acme/m2"))).isEmpty();
        assertThat(items(owner.get(mine + "&api_key_prefix=" + EdgeRecords.KEY))).hasSize(2);
        assertThat(items(owner.get(mine + "&api_key_prefix=tp_other"))).isEmpty();
        assertThat(items(owner.get(mine + "&end_time=" + now))).isEmpty();
        assertThat(items(owner.get(mine + "&end_time=" + now.plusMillis(1)))).hasSize(2);
        assertThat(items(owner.get(start + "&group_id=" + who.group()))).hasSize(2);
        assertThat(items(owner.get(start + "&group_id=grp_none"))).isEmpty();

        assertParam("events", "start_time");
        assertParam("events?start_time=yesterday", "start_time");
        assertParam(mine + "&end_time=" + now.minusSeconds(5), "end_time");
        assertParam(mine + "&limit=1001", "limit");
        // Else a script without its variable would bill one customer for everybody.
        assertParam(start + "&external_entity_id=", "external_entity_id");
        assertParam(mine + "&outcome=everything", "outcome");
        assertParam("events?cursor=AAAA", "cursor");
        var position = owner.get(mine).text("/position");
        assertParam("events?cursor=" + position, "cursor"); // Of another filter.
        var same = "events?external_entity_id=" + who.external() + "&cursor=" + position;
        assertThat(owner.get(same).status()).isEqualTo(200);
        assertParam(same + "&start_time=" + now, "cursor"); // Of another range.
    }

    @Test
    void aRefusalIsExplainedByItsDecision() {
        var who = customer();
        var other = customer();
        edge.settled(other, now);
        var id = edge.refused(who, now, who.root());

        var found = owner.get("decisions/" + id.value());

        assertThat(found.status()).as("%s", found.body()).isEqualTo(200);
        assertThat(found.text("/id")).isEqualTo(id.value());
        assertThat(found.text("/code")).isEqualTo("insufficient_quota");
        assertThat(found.text("/client_request_id")).isEqualTo("client-7");
        assertThat(found.text("/client_retries")).isEqualTo("2");
        assertThat(found.text("/caller/group_id")).isEqualTo(who.group());
        assertThat(found.text("/limit/group_id")).isEqualTo(who.root());
        assertThat(found.text("/limit/external_entity_id")).isEqualTo(who.external() + "-root");
        assertThat(found.text("/limit/threshold")).isEqualTo("2.5");
        assertThat(found.text("/limit/used")).isEqualTo("2.4");
        assertThat(found.text("/position")).matches("requests-[0-9]+-[0-9]+");
        assertThat(owner.get("decisions/" + id.value() + "?group_id=" + who.root()).status())
                .isEqualTo(200);
        var never = id.value().substring(0, 20) + "0000000000";
        assertThat(owner.get("decisions/" + never).status()).isEqualTo(404);
        assertThat(owner.get("decisions/dec_x").status()).isEqualTo(404);
        var future = "dec_7" + id.value().substring(5);
        assertThat(owner.get("decisions/" + future).status()).isEqualTo(404);
    }

    @Test
    void aCreditIsInTheLedgerOnceWithASignatureThatHolds() {
        var who = customer();
        var body =
                "{\"external_entity_id\":\"%s\",\"amount_usd\":-2.5,\"reason\":\"goodwill\"}"
                        .formatted(who.external());
        var made = owner.post("adjustments", body, "credit-1");
        assertThat(made.status()).as("%s", made.body()).isEqualTo(200);
        assertThat(owner.post("adjustments", body, "credit-1").text("/id"))
                .isEqualTo(made.text("/id"));
        assertThat(made.text("/amount_usd")).isEqualTo("-2.5");
        assertThat(made.text("/group_id")).isEqualTo(who.group());

        var events = "events?group_id=" + who.root() + "&start_time=" + now.minusSeconds(60);
        Eventually.await(PATIENCE, "it is there", () -> !items(owner.get(events)).isEmpty());
        var event = items(owner.get(events));
        assertThat(event).hasSize(1);
        assertThat(event.getFirst().path("outcome").asText()).isEqualTo("adjustment");
        assertThat(event.getFirst().path("costUsd").asText()).isEqualTo("-2.5");
        assertThat(event.getFirst().path("adjustment").path("signature").asText())
                .isEqualTo(made.text("/signature"))
                .startsWith("v1=");
        assertThat(items(owner.get(events + "&outcome=adjustment"))).hasSize(1);
        assertThat(items(owner.get(events + "&outcome=completed"))).isEmpty();
        var read = owner.get("adjustments/" + made.text("/id"));
        assertThat(read.body().path("signature_valid").asBoolean()).isTrue();
        assertThat(items(owner.get("adjustments?limit=1000"))).isNotEmpty();

        try (var tenant = owner.as(tenantKey(customer().root()))) {
            assertThat(tenant.get("adjustments/" + made.text("/id")).status()).isEqualTo(404);
            assertThat(items(tenant.get("adjustments"))).isEmpty();
            assertThat(tenant.post("adjustments", body).status()).isEqualTo(403);
        }
        for (var amount : List.of("0", "\"x\"", "1000000.01", "0.0000000001", "null")) {
            var bad =
                    owner.post(
                            "adjustments",
                            "{\"group_id\":\"%s\",\"reason\":\"r\",\"amount_usd\":%s}"
                                    .formatted(who.group(), amount));
            assertThat(bad.status()).as(amount).isEqualTo(400);
            assertThat(bad.text("/error/param")).as(amount).isEqualTo("amount_usd");
        }
        var nobody = "{\"group_id\":\"grp_x\",\"reason\":\"r\",\"amount_usd\":1}";
        assertThat(owner.post("adjustments", nobody).text("/error/param")).isEqualTo("group_id");
        assertThat(owner.post("adjustments", "{\"reason\":\"r\",\"amount_usd\":1}").status())
                .isEqualTo(400);
    }

    @Test
    void whoHasLeftIsCreditedAllTheSame() {
        var who = customer();
        var below = made("left-below", "\"" + who.group() + "\"", "\"2.5\"");
        assertThat(owner.delete("groups/" + who.group()).status()).isEqualTo(200);
        var credit = "{%s,\"amount_usd\":\"-0.5\",\"reason\":\"left\"}";
        var byId = credit.formatted("\"group_id\":\"" + below + "\"");

        var made = owner.post("adjustments", byId, "credit-left");

        assertThat(made.status()).as("%s", made.body()).isEqualTo(200);
        assertThat(made.text("/external_entity_id")).isEqualTo("left-below");
        assertThat(owner.post("adjustments", byId, "credit-left").text("/id"))
                .isEqualTo(made.text("/id"));
        // The group between them is gone too, and is found by all the same.
        var events = "events?group_id=" + who.group() + "&start_time=" + now.minusSeconds(60);
        Eventually.await(PATIENCE, "it is there", () -> !items(owner.get(events)).isEmpty());
        assertThat(items(owner.get(events)).getFirst().path("costUsd").asText()).isEqualTo("-0.5");
        // That name may be another customer's by now.
        var byName = credit.formatted("\"external_entity_id\":\"left-below\"");
        assertThat(owner.post("adjustments", byName).text("/error/param"))
                .isEqualTo("external_entity_id");
        var among =
                "{\"commands\":[{\"method\":\"POST\",\"path\":\"/adjustments\",\"body\":%s}]}"
                        .formatted(byId);
        assertThat(owner.post("changes", among).status()).isEqualTo(400);
    }

    @Test
    void aCreditIsDeliveredOnceUnderBothSignatures() throws Exception {
        var who = customer();
        try (var sink = WebhookSink.start()) {
            var filter = "\"filter\":{\"group_ids\":[\"" + who.root() + "\"]}";
            var webhook = owner.post("webhooks", "{\"url\":\"" + sink.url() + "\"," + filter + "}");
            assertThat(webhook.status()).as("%s", webhook.body()).isEqualTo(200);
            WebhookRig.awaitKnown(dispatcher, webhook);
            var made =
                    owner.post(
                            "adjustments",
                            "{\"group_id\":\"%s\",\"amount_usd\":\"-0.75\",\"reason\":\"late\"}"
                                    .formatted(who.group()));
            var event = sink.awaitEvents(1, PATIENCE).getFirst();

            assertThat(event.path("outcome").asText()).isEqualTo("adjustment");
            assertThat(event.path("costUsd").asText()).isEqualTo("-0.75");
            assertThat(event.path("groupId").asText()).isEqualTo(who.group());
            assertThat(event.path("externalEntityId").asText()).isEqualTo(who.external());
            assertThat(event.path("adjustment").path("id").asText()).isEqualTo(made.text("/id"));
            assertThat(event.path("adjustment").path("signature").asText())
                    .isEqualTo(made.text("/signature"));
            assertThat(sink.eventCounts().values()).containsExactly(1);
            for (var delivery : sink.deliveries()) {
                verified(delivery, webhook.text("/secret"));
            }
        }
    }

    /** By the independent library, by a plain HMAC, and under the operator's name alone. */
    private static void verified(Delivery delivery, String secret) throws Exception {
        var request = delivery.request();
        new com.standardwebhooks.Webhook(secret)
                .verify(request.text(), HttpHeaders.of(request.headers(), (_, _) -> true));
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        assertThat(request.header("x-acme-signature"))
                .contains("v1=" + HexFormat.of().formatHex(mac.doFinal(request.body())));
        WhiteLabel.checkText("webhook", request.headers() + request.text());
    }

    @Test
    void aCustomerIsNotToldWhoTheProviderIs() {
        var who = customer();
        edge.settled(who, now);
        var events = "events?start_time=" + now.minusSeconds(1) + "&group_id=" + who.root();
        Eventually.await(PATIENCE, "it is there", () -> !items(owner.get(events)).isEmpty());

        assertThat(items(owner.get(events)).getFirst().path("provider").isTextual()).isTrue();
        try (var tenant = owner.as(tenantKey(who.root()))) {
            var shown = items(tenant.get(events)).getFirst();
            assertThat(shown.path("provider").isNull()).isTrue();
            assertThat(shown.path("targetModel").isNull()).isTrue();
            assertThat(shown.path("costUsd"))
                    .isEqualTo(items(owner.get(events)).getFirst().path("costUsd"));
        }
    }

    @Test
    void tenantsReadTheirOwnOnly() {
        var mine = customer();
        var other = customer();
        edge.settled(mine, now);
        edge.settled(other, now);
        var decision = edge.refused(other, now, other.root()).value();
        var start = "events?start_time=" + now;
        try (var tenant = owner.as(tenantKey(mine.root()))) {
            Eventually.await(
                    PATIENCE,
                    "both are there",
                    () ->
                            !items(owner.get(start + "&group_id=" + mine.root())).isEmpty()
                                    && !items(owner.get(start + "&group_id=" + other.root()))
                                            .isEmpty());
            assertThat(items(tenant.get(start)))
                    .extracting(event -> event.path("groupId").asText())
                    .containsExactly(mine.group());
            assertThat(items(tenant.get(start + "&group_id=" + other.root()))).isEmpty();
            assertThat(tenant.get("groups/" + other.group() + "/usage").status()).isEqualTo(404);
            assertThat(tenant.get("groups/" + mine.group() + "/usage").status()).isEqualTo(200);
            assertThat(tenant.get("decisions/" + decision).status()).isEqualTo(404);
            assertThat(owner.get("decisions/" + decision).status()).isEqualTo(200);
            var position = owner.get(start).text("/position");
            assertThat(tenant.get("events?cursor=" + position).text("/error/param"))
                    .isEqualTo("cursor");
        }
    }

    @Test
    void whatADeletedGroupDidIsStillTheBusinessOfTheGroupBetweenItAndItsRoot() {
        var root = made("firm", "null", "100");
        var team = made("firm-team", "\"" + root + "\"", "50");
        var desk = made("firm-desk", "\"" + team + "\"", "10");
        var who = new Customer(desk, root, "firm-desk", team);
        edge.settled(who, now);
        var decision = edge.refused(who, now, root).value();
        var credit = "{\"group_id\":\"" + desk + "\",\"amount_usd\":\"-1\",\"reason\":\"left\"}";
        assertThat(owner.post("adjustments", credit).status()).isEqualTo(200);
        assertThat(owner.delete("groups/" + desk).status()).isEqualTo(200);

        var all = "&outcome=completed,refused,adjustment&start_time=" + now.minusSeconds(60);
        try (var tenant = owner.as(tenantKey(team))) {
            Eventually.await(
                    PATIENCE,
                    "all three are listed",
                    () -> items(tenant.get("events?limit=1000" + all)).size() == 3);
            assertThat(items(owner.get("events?group_id=" + team + all))).hasSize(3);
            assertThat(tenant.get("decisions/" + decision).status()).isEqualTo(200);
        }
        var sibling = made("firm-other", "\"" + root + "\"", "10");
        assertThat(items(owner.get("events?group_id=" + sibling + all))).isEmpty();
    }

    private String tenantKey(String group) {
        var body = "{\"name\":\"t\",\"role\":\"tenant_admin\",\"group_id\":\"" + group + "\"}";
        return owner.post("management_keys", body).text("/key");
    }

    private void assertParam(String path, String param) {
        var got = owner.get(path);
        assertThat(got.status()).as(path).isEqualTo(400);
        assertThat(got.text("/error/param")).as(path).isEqualTo(param);
    }

    private static List<JsonNode> items(ControlClient.Got got) {
        assertThat(got.status()).as("%s", got.body()).isEqualTo(200);
        return StreamSupport.stream(got.body().path("items").spliterator(), false).toList();
    }

    private static List<String> ids(ControlClient.Got got) {
        return items(got).stream().map(event -> event.path("requestId").asText()).toList();
    }
}
