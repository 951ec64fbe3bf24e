package dev.turnpike.launcher.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.id.PriceId;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.unit.TokenRate;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Refused;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.net.Reply;
import dev.turnpike.testkit.net.TestHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Money that a group may spend, from the price in the control log to the refusal. */
class CostLimitIT {
    private static final Instant CREATED = Instant.parse("2026-11-01T00:00:00Z");
    private static final long DOLLAR = 1_000_000_000L;

    /** Nano-dollars of a token, in and out. */
    private static final long EACH = 1_000_000L;

    @TempDir private Path directory;

    @Test
    void whatWasSpentIsTheTrueCostAndWhenItIsSpentNothingPasses() throws Exception {
        try (var rig = new EdgeRig(directory, Map.of())) {
            rig.write(price());
            rig.group(List.of(new Limit(LimitType.COST, LimitUnit.DAY, 1_000 * DOLLAR)));
            // Answers from before the limit was in force bear no charge.
            var settled =
                    Eventually.await(
                            EdgeRig.PATIENCE,
                            "the cost is charged",
                            () -> {
                                chat(rig);
                                return charged(rig);
                            },
                            found -> !found.isEmpty());
            long spent = 0;
            for (var one : settled) {
                var charge = one.charges().getFirst();
                long tokens = one.settlement().usage().total();
                assertThat(charge.type()).isEqualTo(LimitType.COST);
                assertThat(charge.actual()).isEqualTo(tokens * EACH);
                // By then the edge expects the outputs it has seen, which may be too few.
                assertThat(charge.reserved()).isPositive();
                spent += charge.actual();
            }

            rig.group(List.of(new Limit(LimitType.COST, LimitUnit.DAY, spent)));
            var refused =
                    Eventually.await(
                            EdgeRig.PATIENCE,
                            "the limit is in force",
                            () -> chat(rig),
                            reply -> reply.status() == 429);

            var error = error(refused);
            assertThat(error.path("code").asText()).isEqualTo("insufficient_quota");
            assertThat(error.path("message").asText()).contains("USD per day");
            assertThat(refused.header("x-should-retry")).contains("false");
            var decision = error.path("decision").asText();
            var fact =
                    Eventually.await(
                            EdgeRig.PATIENCE,
                            "the refusal is on the topic",
                            () -> refusals(rig, decision),
                            found -> !found.isEmpty());
            var breach = fact.getFirst().decision().limit();
            assertThat(breach).isNotNull();
            assertThat(breach.limit().type()).isEqualTo(LimitType.COST);
            assertThat(breach.used()).isGreaterThanOrEqualTo(spent);
            assertThat(breach.reserved()).isZero();
        }
    }

    private static List<Settled> charged(EdgeRig rig) {
        return terminals(rig).stream()
                .filter(Settled.class::isInstance)
                .map(Settled.class::cast)
                .filter(settled -> !settled.charges().isEmpty())
                .toList();
    }

    private static List<Refused> refusals(EdgeRig rig, String decision) {
        return terminals(rig).stream()
                .filter(Refused.class::isInstance)
                .map(Refused.class::cast)
                .filter(refused -> refused.decision().id().value().equals(decision))
                .toList();
    }

    private static List<RequestFact> terminals(EdgeRig rig) {
        return rig.awaitTerminals(1);
    }

    private static Reply chat(EdgeRig rig) {
        var body =
                "{\"model\":\"acme/good\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
        try (var http = TestHttp.connect(rig.edge.port())) {
            var headers = Map.of("authorization", "Bearer " + rig.key.whole());
            return http.postJson("/v1/chat/completions", headers, body).read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode error(Reply reply) {
        return Json.parse(reply.body().getBytes(StandardCharsets.UTF_8)).path("error");
    }

    private static Price price() {
        return new Price(
                PriceId.ofUlid("01JD0000000000000000000009"),
                "acme/good",
                null,
                null,
                new TokenRate(EACH * 1_000),
                null,
                null,
                new TokenRate(EACH * 1_000),
                null,
                CREATED,
                null,
                CREATED,
                CREATED,
                1);
    }
}
