package dev.turnpike.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.turnpike.control.deliveries.DeliveryLog;
import dev.turnpike.control.domain.Bounds;
import dev.turnpike.control.domain.FactDraft;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.ledger.DecisionLog;
import dev.turnpike.control.ledger.LedgerLog;
import dev.turnpike.control.ledger.LogReaders;
import dev.turnpike.control.log.AuditLog;
import dev.turnpike.control.log.ControlLog;
import dev.turnpike.control.log.OwnerStart;
import dev.turnpike.control.log.Submission;
import dev.turnpike.control.registry.RegistryRoutes;
import dev.turnpike.control.usage.LastUse;
import dev.turnpike.runtime.http.HealthRoutes;
import dev.turnpike.runtime.http.Metrics;
import dev.turnpike.runtime.http.MetricsRoutes;
import dev.turnpike.runtime.http.Routes;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.control.Role;
import dev.turnpike.schemas.webhook.CustomerField;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Holds the routes to the file that describes them, and the file to the routes. */
class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    @Test
    void everyRouteIsDescribedAndEveryDescriptionHasARoute() throws IOException {
        var described = new ArrayList<String>();
        for (var path : tree().path("paths").properties()) {
            for (var name : (Iterable<String>) path.getValue()::fieldNames) {
                if (METHODS.contains(name)) {
                    described.add(name.toUpperCase(Locale.ROOT) + " " + path.getKey());
                }
            }
        }
        assertThat(routes()).containsExactlyInAnyOrderElementsOf(described);
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryOperationHasItsOwnId() throws IOException {
        var tree = tree();
        var ids = tree.findValuesAsText("operationId");
        assertThat(ids).doesNotHaveDuplicates();
        for (var reference : new HashSet<>(tree.findValuesAsText("$ref"))) {
            assertThat(tree.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
        }
    }

    @Test
    void everyOperationNamesTheRolesThatMayCallIt() throws IOException {
        var tree = tree();
        for (var route : api(ControlApi::routes)) {
            var roles =
                    Arrays.stream(Role.values())
                            .filter(route.operation()::allows)
                            .map(Views::role)
                            .toList();
            var described = new ArrayList<String>();
            operation(tree, route).path("x-roles").forEach(role -> described.add(role.asText()));
            assertThat(described).as("%s", route).containsExactlyInAnyOrderElementsOf(roles);
        }
    }

    @Test
    void everyOperationTakesExactlyTheQueryParametersItDescribes() throws IOException {
        var tree = tree();
        for (var route : api(ControlApi::routes)) {
            var described = new ArrayList<String>();
            for (var given : operation(tree, route).path("parameters")) {
                var reference = given.path("$ref").asText();
                var parameter = reference.isEmpty() ? given : tree.at(reference.substring(1));
                if (parameter.path("in").asText().equals("query")) {
                    described.add(parameter.path("name").asText());
                }
            }
            assertThat(described)
                    .as("%s", route)
                    .containsExactlyInAnyOrderElementsOf(route.query());
        }
    }

    @Test
    void everyActionOfAuditEventsIsDescribed() throws IOException {
        var described = new ArrayList<String>();
        for (var given : tree().at("/paths/~1v1~1gateway~1audit_events/get/parameters")) {
            if (given.path("name").asText().equals("action")) {
                given.at("/schema/enum").forEach(action -> described.add(action.asText()));
            }
        }
        assertThat(described).containsExactlyInAnyOrderElementsOf(FactDraft.ACTIONS);
    }

    @Test
    void theDescriptionSaysHowMuchThereCanBe() throws IOException {
        var text = tree().at("/info/description").asText().replaceAll("\\s+", " ");
        var bounds = Bounds.DEFAULT;
        assertThat(text)
                .contains(
                        bounds.endpointsMax() + " endpoints, ",
                        bounds.groupsMax()
                                + " groups ("
                                + bounds.groupsPerTreeMax()
                                + " in one tree)",
                        bounds.keysPerGroupMax() + " API keys and ",
                        bounds.managementKeysPerGroupMax() + " management keys per group",
                        bounds.managementKeysMax() + " management keys that are bound to no group",
                        bounds.credentialsMax() + " credentials",
                        bounds.webhooksMax() + " webhooks",
                        bounds.registrationKeysMax() + " registration keys",
                        bounds.prefixesMax() + " prefixes",
                        bounds.domainsMax() + " domains",
                        bounds.pricesMax() + " prices",
                        "the newest " + bounds.adjustmentsMax());
    }

    private static JsonNode operation(JsonNode tree, Route route) {
        return tree.path("paths")
                .path(ControlApi.BASE + route.path())
                .path(route.method().text().toLowerCase(Locale.ROOT));
    }

    private static JsonNode tree() throws IOException {
        return new YAMLMapper().readTree(ControlApi.description());
    }

    private static List<String> routes() {
        return api(api -> {
            var routes = new Routes();
            try (var metrics = new Metrics()) {
                api.addTo(routes);
                RegistryRoutes.addTo(routes);
                HealthRoutes.addTo(routes, List::of);
                MetricsRoutes.addTo(routes, metrics);
            }
            return routes.described();
        });
    }

    private static <T> T api(Function<ControlApi, T> use) {
        var masterKey = MasterKey.of(new byte[MasterKey.BYTES]);
        var clients = new KafkaClients(KafkaSettings.plain("127.0.0.1:1"));
        var random = new Random(1);
        var clock = InstantSource.fixed(Instant.EPOCH);
        var ids = new IdSource(clock, random);
        var log =
                new ControlLog(
                        clients,
                        CompiledSchemas.INSTANCE,
                        new ControlLog.Replica("test", () -> "http://127.0.0.1:1"),
                        nothing(),
                        clock,
                        ids::next);
        var settings =
                new ControlApi.Settings(
                        Optional.empty(),
                        "X-T",
                        "tp",
                        AddressPolicy.allowPrivate(),
                        100,
                        CustomerField.EXTERNAL_ENTITY_ID);
        var sources = new ControlApi.Sources(clock, ids, random);
        var audit = new AuditLog(clients, CompiledSchemas.INSTANCE);
        var deliveries =
                new DeliveryLog(clients, CompiledSchemas.INSTANCE, "test", Path.of("none"), clock);
        var readers = new LogReaders(clients);
        var usage =
                new ControlApi.UsageReads(
                        counter -> Optional.empty(),
                        key -> new LastUse.Unknown(),
                        new LedgerLog(readers, CompiledSchemas.INSTANCE, clock),
                        new DecisionLog(readers, CompiledSchemas.INSTANCE, clock));
        try (var api =
                new ControlApi(settings, masterKey, log, audit, deliveries, usage, sources)) {
            return use.apply(api);
        }
    }

    private static OwnerStart nothing() {
        return new OwnerStart() {
            @Override
            public List<Submission> submissions(Image image) {
                return List.of();
            }

            @Override
            public void committed() {}
        };
    }
}
