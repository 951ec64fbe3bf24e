package dev.turnpike.schemas.webhook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UsageSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The JSON in which billing leaves the house: one event object per ledger entry, and the envelope
 * around a batch of them. The same entry always gives the same bytes, so a receiver may compare,
 * and a delivery that is made twice is signed the same.
 */
public final class BillingEnvelope {
    /** The only type of envelope. */
    public static final String TYPE = "API_BILLING_USAGE";

    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private BillingEnvelope() {}

    /** ISO 8601 in UTC with milliseconds, as in every event. */
    public static String timestamp(Instant at) {
        return MILLIS.format(at);
    }

    /** One event object as UTF-8. */
    public static byte[] event(LedgerEntry entry, CustomerField field) {
        return event(entry, field, true);
    }

    /** The same for a customer, who is not told who the provider is. */
    public static byte[] customerEvent(LedgerEntry entry, CustomerField field) {
        return event(entry, field, false);
    }

    private static byte[] event(LedgerEntry entry, CustomerField field, boolean namesProvider) {
        var out = new ByteArrayOutputStream(768);
        try (var json = JSON.createGenerator(out)) {
            json.writeStartObject();
            writeCall(json, entry, field);
            writeSettlement(json, entry.settlement(), namesProvider);
            json.writeStringField("outcome", entry.label());
            var cost = entry.cost();
            writeText(json, "costUsd", cost == null ? null : cost.toDecimal());
            writeText(json, "priceVersion", entry.priceVersion());
            json.writeBooleanField("stream", entry.call().stream());
            writeAdjustment(json, entry.adjustment());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // A byte array does not fail.
        }
        return out.toByteArray();
    }

    /**
     * The body of one delivery as UTF-8.
     *
     * @param at when the batch was closed
     * @param events what {@link #event} made, in order
     */
    public static byte[] envelope(Instant at, List<byte[]> events) {
        var out =
                new ByteArrayOutputStream(128 + events.stream().mapToInt(e -> e.length + 1).sum());
        out.writeBytes(
                ascii(
                        "{\"type\":\""
                                + TYPE
                                + "\",\"timestamp\":\""
                                + timestamp(at)
                                + "\",\"data\":{\"events\":["));
        boolean first = true;
        for (var event : events) {
            if (!first) {
                out.write(',');
            }
            first = false;
            out.writeBytes(event);
        }
        out.writeBytes(ascii("]}}"));
        return out.toByteArray();
    }

    private static void writeCall(JsonGenerator json, LedgerEntry entry, CustomerField field)
            throws IOException {
        var call = entry.call();
        json.writeStringField("idempotencyKey", entry.entryId());
        json.writeStringField("timestamp", timestamp(call.admittedAt()));
        json.writeStringField("requestId", call.requestId().value());
        writeClientId(json, call);
        writeMetadata(json, call.requestMetadata());
        json.writeStringField("modelSlug", call.modelSlug());
        json.writeStringField("externalEntityId", call.caller().externalEntityId());
        switch (field) {
            case EXTERNAL_ENTITY_ID -> {}
            case WITH_EXTERNAL_CUSTOMER_ID ->
                    json.writeStringField("externalCustomerId", call.caller().externalEntityId());
        }
        json.writeStringField("apiKeyPrefix", call.caller().apiKeyPrefix().value());
        writeOwner(json, call);
    }

    /** Only where there is one, so other events stay as they were. */
    private static void writeClientId(JsonGenerator json, Call call) throws IOException {
        var client = call.client();
        var id = client == null ? null : client.requestId();
        if (id != null) {
            json.writeStringField("clientRequestId", id);
        }
    }

    private static void writeOwner(JsonGenerator json, Call call) throws IOException {
        json.writeStringField("groupId", call.caller().groupId().value());
        json.writeStringField("rootGroupId", call.caller().rootGroupId().value());
        var endpoint = call.endpointId();
        writeText(json, "endpointId", endpoint == null ? null : endpoint.value());
    }

    /** In the order of the keys: the map itself has none. */
    private static void writeMetadata(JsonGenerator json, Map<String, String> metadata)
            throws IOException {
        if (metadata.isEmpty()) {
            json.writeNullField("requestMetadata");
            return;
        }
        json.writeObjectFieldStart("requestMetadata");
        for (var pair : new TreeMap<>(metadata).entrySet()) {
            json.writeStringField(pair.getKey(), pair.getValue());
        }
        json.writeEndObject();
    }

    /** A refusal has no settlement: its counts are zero and the rest is null. */
    private static void writeSettlement(
            JsonGenerator json, @Nullable Settlement settlement, boolean namesProvider)
            throws IOException {
        writeTokens(json, settlement == null ? TokenUsage.ZERO : settlement.usage());
        var source = settlement == null ? UsageSource.MISSING : settlement.usageSource();
        json.writeStringField("usageSource", source.label());
        var named = namesProvider ? settlement : null;
        var provider = named == null ? null : named.provider();
        writeText(json, "provider", provider == null ? null : provider.name());
        writeText(json, "targetModel", named == null ? null : named.targetModel());
        writeLong(json, "latencyMs", settlement == null ? null : settlement.latencyMs());
        writeLong(
                json,
                "timeToFirstTokenMs",
                settlement == null ? null : settlement.timeToFirstTokenMs());
    }

    /** Only where there is one, so events of requests stay as they were. */
    private static void writeAdjustment(JsonGenerator json, @Nullable Adjustment adjustment)
            throws IOException {
        if (adjustment == null) {
            return;
        }
        json.writeObjectFieldStart("adjustment");
        json.writeStringField("id", adjustment.id().value());
        json.writeStringField("reason", adjustment.reason());
        writeText(json, "reference", adjustment.reference());
        var hex = HexFormat.of().formatHex(adjustment.signature());
        json.writeStringField("signature", Adjustment.SIGNATURE_SCHEME + hex);
        json.writeEndObject();
    }

    private static void writeTokens(JsonGenerator json, TokenUsage usage) throws IOException {
        json.writeObjectFieldStart("tokens");
        json.writeNumberField("inputTokens", usage.inputTokens());
        json.writeNumberField("outputTokens", usage.outputTokens());
        json.writeNumberField("cachedInputTokens", usage.cachedInputTokens());
        json.writeNumberField("reasoningTokens", usage.reasoningTokens());
        json.writeNumberField("cacheWriteTokens", usage.cacheWriteTokens());
        json.writeEndObject();
    }

    private static void writeText(JsonGenerator json, String name, @Nullable String value)
            throws IOException {
        if (value == null) {
            json.writeNullField(name);
        } else {
            json.writeStringField(name, value);
        }
    }

    private static void writeLong(JsonGenerator json, String name, @Nullable Long value)
            throws IOException {
        if (value == null) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, value);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
