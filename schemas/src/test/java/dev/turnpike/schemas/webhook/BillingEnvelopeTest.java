package dev.turnpike.schemas.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.AdjustmentId;
import dev.turnpike.schemas.id.DecisionId;
import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.ClientTrace;
import dev.turnpike.schemas.usage.Decision;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UsageSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BillingEnvelopeTest {
    private static final Instant AT = Instant.parse("2026-11-21T10:15:30.120Z");
    private static final String ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    @Test
    void theOlderNameOfTheCustomerStandsBesideTheNewOneWhereItIsAskedFor() throws IOException {
        var older = CustomerField.WITH_EXTERNAL_CUSTOMER_ID;
        for (var event :
                List.of(
                        BillingEnvelope.event(settled(), older),
                        BillingEnvelope.customerEvent(settled(), older))) {
            var parsed = parse(event);
            assertThat(parsed.path("externalCustomerId").isTextual()).isTrue();
            assertThat(parsed.path("externalCustomerId"))
                    .isEqualTo(parsed.path("externalEntityId"));
        }
    }

    @Test
    void anEventCarriesEveryFieldAReceiverBillsBy() {
        // When
        var text =
                new String(
                        BillingEnvelope.event(settled(), CustomerField.EXTERNAL_ENTITY_ID),
                        StandardCharsets.UTF_8);
        // Then
        assertThat(text)
                .isEqualTo(
                        """
                        {"idempotencyKey":"evt-1","timestamp":"2026-11-21T10:15:30.120Z",\
                        "requestId":"%s","requestMetadata":{"a":"ü\\"","b":"2"},\
                        "modelSlug":"acme/fast","externalEntityId":"customer-7",\
                        "apiKeyPrefix":"tp_abcdef123456","groupId":"grp_%s","rootGroupId":"grp_%s",\
                        "endpointId":"%s","tokens":{"inputTokens":100,"outputTokens":7,\
                        "cachedInputTokens":30,"reasoningTokens":5,"cacheWriteTokens":2},\
                        "usageSource":"provider","provider":"OPENAI","targetModel":"gpt-x",\
                        "latencyMs":321,"timeToFirstTokenMs":45,"outcome":"completed",\
                        "costUsd":"0.000135","priceVersion":"prc@3","stream":true}\
                        """
                                .formatted(
                                        settled().call().requestId().value(),
                                        ULID,
                                        ULID,
                                        EndpointId.ofUlid(ULID).value()));
    }

    @Test
    void aClientsOwnIdStandsBesideOursWhereThereIsOne() throws IOException {
        // Given
        var call = call(Map.of());
        var named =
                new Call(
                        call.requestId(),
                        call.admittedAt(),
                        call.caller(),
                        call.modelSlug(),
                        call.endpointId(),
                        call.operation(),
                        call.stream(),
                        call.requestMetadata(),
                        new ClientTrace("order 7", 1));
        var entry =
                new LedgerEntry(
                        "evt-3", named, null, settled().settlement(), List.of(), null, null);
        // When
        var event = parse(BillingEnvelope.event(entry, CustomerField.EXTERNAL_ENTITY_ID));
        // Then
        assertThat(event.at("/clientRequestId").textValue()).isEqualTo("order 7");
        var unnamed = BillingEnvelope.event(settled(), CustomerField.EXTERNAL_ENTITY_ID);
        assertThat(parse(unnamed).has("clientRequestId")).isFalse();
    }

    @Test
    void aRefusalHasZeroTokensAndNoProvider() throws IOException {
        // When
        var event = parse(BillingEnvelope.event(refused(), CustomerField.EXTERNAL_ENTITY_ID));
        // Then
        assertThat(event.at("/outcome").textValue()).isEqualTo("refused");
        assertThat(event.at("/tokens/inputTokens").longValue()).isZero();
        assertThat(event.at("/requestMetadata").isNull()).isTrue();
        assertThat(event.at("/provider").isNull()).isTrue();
        assertThat(event.at("/costUsd").isNull()).isTrue();
        assertThat(event.at("/usageSource").textValue()).isEqualTo("missing");
    }

    @Test
    void anAdjustmentCostsItsAmountAndShowsItsSignature() throws IOException {
        // Given
        var group = GroupId.ofUlid(ULID);
        var credit =
                new Adjustment(
                        AdjustmentId.ofUlid(ULID),
                        group,
                        group,
                        "customer-7",
                        new NanoUsd(-2_500_000_000L),
                        "goodwill",
                        "inv-7",
                        null,
                        new byte[] {1, (byte) 0xAB},
                        AT,
                        List.of());
        // When
        var event =
                parse(
                        BillingEnvelope.event(
                                LedgerEntry.of(credit), CustomerField.EXTERNAL_ENTITY_ID));
        // Then
        assertThat(event.at("/idempotencyKey").textValue()).isEqualTo(ULID);
        assertThat(event.at("/outcome").textValue()).isEqualTo("adjustment");
        assertThat(event.at("/costUsd").textValue()).isEqualTo("-2.5");
        assertThat(event.at("/modelSlug").textValue()).isEqualTo("*");
        assertThat(event.at("/tokens/inputTokens").longValue()).isZero();
        assertThat(event.at("/adjustment/id").textValue()).isEqualTo("adj_" + ULID);
        assertThat(event.at("/adjustment/reference").textValue()).isEqualTo("inv-7");
        assertThat(event.at("/adjustment/signature").textValue()).isEqualTo("v1=01ab");
    }

    @Test
    void anEnvelopeHoldsItsEventsInOrder() throws IOException {
        // When
        var body =
                BillingEnvelope.envelope(
                        AT,
                        List.of(
                                BillingEnvelope.event(settled(), CustomerField.EXTERNAL_ENTITY_ID),
                                BillingEnvelope.event(
                                        refused(), CustomerField.EXTERNAL_ENTITY_ID)));
        // Then
        var json = parse(body);
        assertThat(json.at("/type").textValue()).isEqualTo("API_BILLING_USAGE");
        assertThat(json.at("/timestamp").textValue()).isEqualTo("2026-11-21T10:15:30.120Z");
        assertThat(json.at("/data/events").size()).isEqualTo(2);
        assertThat(json.at("/data/events/0/idempotencyKey").textValue()).isEqualTo("evt-1");
        assertThat(json.at("/data/events/1/outcome").textValue()).isEqualTo("refused");
    }

    private static JsonNode parse(byte[] json) throws IOException {
        return JsonMapper.builder().build().readTree(json);
    }

    private static Call call(Map<String, String> metadata) {
        var group = GroupId.ofUlid(ULID);
        return new Call(
                RequestId.ofUlid(ULID),
                AT,
                new Caller(group, group, "customer-7", new KeyPrefix("tp_abcdef123456")),
                "acme/fast",
                EndpointId.ofUlid(ULID),
                "chat",
                true,
                metadata);
    }

    private static LedgerEntry settled() {
        var settlement =
                new Settlement(
                        Outcome.COMPLETED,
                        true,
                        new TokenUsage(100, 30, 2, 7, 5),
                        UsageSource.PROVIDER,
                        false,
                        null,
                        Provider.OPENAI,
                        "gpt-x",
                        200,
                        "stop",
                        AT,
                        321,
                        45L,
                        List.of());
        return new LedgerEntry(
                "evt-1",
                call(Map.of("b", "2", "a", "ü\"")),
                null,
                settlement,
                List.of(),
                new NanoUsd(135_000),
                "prc@3");
    }

    private static LedgerEntry refused() {
        var decision =
                new Decision(DecisionId.ofUlid(ULID), 429, "rate_limit_exceeded", null, null);
        return new LedgerEntry("evt-2", call(Map.of()), decision, null, List.of(), null, null);
    }
}
