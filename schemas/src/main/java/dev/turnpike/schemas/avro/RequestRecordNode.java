package dev.turnpike.schemas.avro;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.ClientTrace;
import dev.turnpike.schemas.usage.Decision;
import dev.turnpike.schemas.usage.LimitBreach;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Aborted;
import dev.turnpike.schemas.usage.RequestFact.Refused;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UpstreamAttempt;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.io.Encoder;
import org.jspecify.annotations.Nullable;

/**
 * Writes the one record that every request at an edge makes, twice: field by field in the order of
 * the newest schema, where the nodes of {@link AvroNodes} would find out at each field what it is.
 * A test holds it to the bytes that those write, for every component and every variant.
 */
final class RequestRecordNode implements AvroNode {
    private final AvroNode general;

    /**
     * @param general reads the record
     */
    RequestRecordNode(AvroNode general) {
        this.general = general;
    }

    @Override
    public void write(@Nullable Object value, Encoder out) {
        write((RequestRecord) Objects.requireNonNull(value), (ArrayEncoder) out);
    }

    @Override
    public @Nullable Object read(@Nullable Object generic) {
        return general.read(generic);
    }

    private static void write(RequestRecord record, ArrayEncoder out) {
        out.writeString(record.stream());
        out.writeLong(record.sequence());
        fact(record.fact(), out);
    }

    /** A place for each variant, and only one of them taken. */
    private static void fact(RequestFact fact, ArrayEncoder out) {
        present(fact instanceof Started, out);
        if (fact instanceof Started started) {
            call(started.call(), out);
            charges(started.charges(), out);
            out.writeLong(started.inputEstimate());
        }
        present(fact instanceof Settled, out);
        if (fact instanceof Settled settled) {
            call(settled.call(), out);
            charges(settled.charges(), out);
            settlement(settled.settlement(), out);
        }
        present(fact instanceof Aborted, out);
        if (fact instanceof Aborted aborted) {
            call(aborted.call(), out);
            out.writeString(aborted.startedBy());
            charges(aborted.charges(), out);
            settlement(aborted.settlement(), out);
        }
        present(fact instanceof Refused, out);
        if (fact instanceof Refused refused) {
            call(refused.call(), out);
            decision(refused.decision(), out);
        }
    }

    private static void call(Call call, ArrayEncoder out) {
        out.writeAscii(call.requestId().value());
        micros(call.admittedAt(), out);
        caller(call.caller(), out);
        out.writeString(call.modelSlug());
        var endpoint = call.endpointId();
        present(endpoint != null, out);
        if (endpoint != null) {
            out.writeAscii(endpoint.value());
        }
        out.writeString(call.operation());
        out.writeBoolean(call.stream());
        texts(call.requestMetadata(), out);
        client(call.client(), out);
    }

    private static void caller(Caller caller, ArrayEncoder out) {
        group(caller.groupId(), out);
        group(caller.rootGroupId(), out);
        out.writeString(caller.externalEntityId());
        out.writeAscii(caller.apiKeyPrefix().value());
        var between = caller.groupsBetween();
        items(between.size(), out);
        for (int i = 0; i < between.size(); i++) {
            group(between.get(i), out);
        }
        end(out);
    }

    private static void group(GroupId id, ArrayEncoder out) {
        out.writeAscii(id.value());
    }

    private static void client(@Nullable ClientTrace client, ArrayEncoder out) {
        present(client != null, out);
        if (client != null) {
            text(client.requestId(), out);
            out.writeInt(client.retries());
        }
    }

    private static void charges(List<Charge> charges, ArrayEncoder out) {
        items(charges.size(), out);
        for (int i = 0; i < charges.size(); i++) {
            var charge = charges.get(i);
            group(charge.groupId(), out);
            out.writeString(charge.slug());
            name(charge.type(), out);
            name(charge.unit(), out);
            out.writeLong(charge.window());
            out.writeLong(charge.reserved());
            out.writeLong(charge.actual());
        }
        end(out);
    }

    private static void settlement(Settlement settlement, ArrayEncoder out) {
        name(settlement.outcome(), out);
        out.writeBoolean(settlement.charged());
        usage(settlement.usage(), out);
        name(settlement.usageSource(), out);
        out.writeBoolean(settlement.usageSuspect());
        var estimated = settlement.estimatedUsage();
        present(estimated != null, out);
        if (estimated != null) {
            usage(estimated, out);
        }
        var provider = settlement.provider();
        present(provider != null, out);
        if (provider != null) {
            name(provider, out);
        }
        text(settlement.targetModel(), out);
        out.writeInt(settlement.status());
        text(settlement.finishReason(), out);
        micros(settlement.endedAt(), out);
        out.writeLong(settlement.latencyMs());
        number(settlement.timeToFirstTokenMs(), out);
        attempts(settlement.attempts(), out);
    }

    private static void usage(TokenUsage usage, ArrayEncoder out) {
        out.writeLong(usage.inputTokens());
        out.writeLong(usage.cachedInputTokens());
        out.writeLong(usage.cacheWriteTokens());
        out.writeLong(usage.outputTokens());
        out.writeLong(usage.reasoningTokens());
    }

    private static void attempts(List<UpstreamAttempt> attempts, ArrayEncoder out) {
        items(attempts.size(), out);
        for (int i = 0; i < attempts.size(); i++) {
            var attempt = attempts.get(i);
            name(attempt.provider(), out);
            out.writeString(attempt.targetModel());
            out.writeInt(attempt.status());
            text(attempt.error(), out);
            out.writeLong(attempt.latencyMs());
        }
        end(out);
    }

    private static void decision(Decision decision, ArrayEncoder out) {
        out.writeAscii(decision.id().value());
        out.writeInt(decision.status());
        out.writeString(decision.code());
        breach(decision.limit(), out);
        number(decision.retryAfterMs(), out);
    }

    private static void breach(@Nullable LimitBreach breach, ArrayEncoder out) {
        present(breach != null, out);
        if (breach != null) {
            out.writeString(breach.slug());
            limit(breach.limit(), out);
            out.writeLong(breach.used());
            out.writeLong(breach.reserved());
            out.writeLong(breach.needed());
            micros(breach.windowStart(), out);
            micros(breach.windowEnd(), out);
        }
    }

    private static void limit(EffectiveLimit limit, ArrayEncoder out) {
        name(limit.type(), out);
        name(limit.unit(), out);
        out.writeLong(limit.threshold());
        group(limit.sourceGroup(), out);
        group(limit.meteredGroup(), out);
    }

    private static void texts(Map<String, String> texts, ArrayEncoder out) {
        items(texts.size(), out);
        if (!texts.isEmpty()) {
            var keys = texts.keySet().toArray(String[]::new);
            Arrays.sort(keys); // Equal maps give equal bytes.
            for (var key : keys) {
                out.writeString(key);
                out.writeString(Objects.requireNonNull(texts.get(key)));
            }
        }
        end(out);
    }

    private static void text(@Nullable String text, ArrayEncoder out) {
        present(text != null, out);
        if (text != null) {
            out.writeString(text);
        }
    }

    private static void number(@Nullable Long number, ArrayEncoder out) {
        present(number != null, out);
        if (number != null) {
            out.writeLong(number);
        }
    }

    private static void name(Enum<?> constant, ArrayEncoder out) {
        out.writeAscii(constant.name());
    }

    private static void micros(Instant instant, ArrayEncoder out) {
        out.writeLong(ScalarNodes.micros(instant));
    }

    /** Which branch of {@code ["null", X]} follows. */
    private static void present(boolean present, ArrayEncoder out) {
        out.writeInt(present ? 1 : 0);
    }

    /** Begins an array or a map: one block of all items, none when there are none. */
    private static void items(int count, ArrayEncoder out) {
        if (count > 0) {
            out.writeLong(count);
        }
    }

    private static void end(ArrayEncoder out) {
        out.writeLong(0);
    }
}
