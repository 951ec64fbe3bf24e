package dev.turnpike.edge.journal;

import dev.turnpike.schemas.avro.ArrayEncoder;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact.Aborted;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UpstreamAttempt;
import dev.turnpike.schemas.usage.UsageSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the journal knows of a request whose edge died, and the best estimate made of it.
 *
 * @param stream who wrote {@code started}
 * @param call null when the upstream was never called
 * @param progress null when no output was seen
 */
record Unfinished(
        String stream, Started started, @Nullable Called call, @Nullable Progress progress) {
    /** The upstream call that began. */
    record Called(Instant at, Provider provider, String targetModel) {
        /** Most fit. */
        private static final int FIRST_BYTES = 64;

        void writeTo(ArrayEncoder out) {
            var name = provider.name();
            out.writeRawLong(at.toEpochMilli());
            out.writeRawByte(name.length());
            out.writeRawText(name);
            out.writeRawText(targetModel);
        }

        byte[] toBytes() {
            var out = new ArrayEncoder(FIRST_BYTES);
            writeTo(out);
            return out.toByteArray();
        }

        static Called of(byte[] bytes) {
            var in = ByteBuffer.wrap(bytes);
            var at = Instant.ofEpochMilli(in.getLong());
            var name = new byte[in.get()];
            in.get(name);
            var model = new byte[in.remaining()];
            in.get(model);
            return new Called(
                    at,
                    Provider.valueOf(new String(name, StandardCharsets.UTF_8)),
                    new String(model, StandardCharsets.UTF_8));
        }
    }

    /** Output seen so far. */
    record Progress(Instant at, long outputTokens) {
        byte[] toBytes() {
            return ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(at.toEpochMilli())
                    .putLong(outputTokens)
                    .array();
        }

        static Progress of(byte[] bytes) {
            var in = ByteBuffer.wrap(bytes);
            return new Progress(Instant.ofEpochMilli(in.getLong()), in.getLong());
        }
    }

    /**
     * The terminal fact. Who called is charged the estimated prompt and the output seen; who never
     * called is charged nothing. Requests stay counted either way.
     */
    Aborted aborted() {
        boolean charged = call != null;
        var usage =
                charged
                        ? new TokenUsage(
                                started.inputEstimate(),
                                0,
                                0,
                                progress == null ? 0 : progress.outputTokens(),
                                0)
                        : TokenUsage.ZERO;
        var charges =
                started.charges().stream().map(c -> settled(c, charged, usage.total())).toList();
        return new Aborted(started.call(), stream, charges, settlement(charged, usage));
    }

    private static Charge settled(Charge charge, boolean charged, long tokens) {
        return switch (charge.type()) {
            case REQUEST -> charge;
            case TOKEN -> charge.settled(charged ? tokens : 0);
            // What was set aside is the only estimate of the cost there is.
            case COST -> charge.settled(charged ? charge.reserved() : 0);
        };
    }

    private Settlement settlement(boolean charged, TokenUsage usage) {
        var admittedAt = started.call().admittedAt();
        var endedAt = lastSeen();
        long latency = Math.max(0, Duration.between(admittedAt, endedAt).toMillis());
        return new Settlement(
                Outcome.ABORTED,
                charged,
                usage,
                UsageSource.ESTIMATED,
                false,
                null,
                call == null ? null : call.provider(),
                call == null ? null : call.targetModel(),
                0,
                null,
                endedAt,
                latency,
                null,
                call == null
                        ? List.of()
                        : List.of(
                                new UpstreamAttempt(
                                        call.provider(),
                                        call.targetModel(),
                                        0,
                                        "the gateway stopped",
                                        latency)));
    }

    private Instant lastSeen() {
        if (progress != null) {
            return progress.at();
        }
        return call == null ? started.call().admittedAt() : call.at();
    }
}
