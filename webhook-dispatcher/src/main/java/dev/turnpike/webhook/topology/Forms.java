package dev.turnpike.webhook.topology;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.WebhookReplay;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.topic.Span;
import dev.turnpike.webhook.domain.Batching;
import dev.turnpike.webhook.domain.Delivery;
import dev.turnpike.webhook.domain.Health;
import dev.turnpike.webhook.domain.Health.Disabled;
import dev.turnpike.webhook.domain.Health.Failing;
import dev.turnpike.webhook.domain.Health.Working;
import dev.turnpike.webhook.domain.Progress;
import dev.turnpike.webhook.domain.ReplayState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of what only the dispatcher reads: its internal topics and stores. Each begins with a
 * version, times are milliseconds; a form of a newer version is refused, never guessed.
 */
final class Forms {
    /** Version 2 says where ledger entries stand. */
    private static final int VERSION = 2;

    /** With the ids of the compiled schemas, whatever a registry uses: nobody else reads it. */
    private static final RecordCodec<WebhookReplay> REPLAYS =
            RecordCodec.of(Subject.WEBHOOK_REPLAYS, WebhookReplay.class);

    private static final int LIST_MAX = Batching.EVENTS_MAX;

    private static final int WORKING = 0;
    private static final int FAILING = 1;
    private static final int DISABLED = 2;

    private Forms() {}

    /** An event without the webhook, which is the record's key. */
    static byte[] event(String entryId, LedgerPosition position, byte[] json, Instant takenAt) {
        return written(out -> {
            out.writeUTF(entryId);
            writeBytes(out, json);
            out.writeLong(takenAt.toEpochMilli());
            writePosition(out, position);
        });
    }

    static Batching.Event event(WebhookId webhook, long sequence, byte[] form) {
        return read(
                form,
                (in, version) -> {
                    var entryId = in.readUTF();
                    var json = readBytes(in);
                    var takenAt = readTime(in);
                    var position = version < 2 ? null : readPosition(in);
                    return new Batching.Event(webhook, sequence, entryId, position, json, takenAt);
                });
    }

    static byte[] delivery(Delivery delivery) {
        return written(out -> {
            out.writeUTF(delivery.webhookId().value());
            out.writeUTF(delivery.id().value());
            out.writeLong(delivery.createdAt().toEpochMilli());
            out.writeInt(delivery.entryIds().size());
            for (var entryId : delivery.entryIds()) {
                out.writeUTF(entryId);
            }
            writeBytes(out, delivery.body());
            out.writeInt(delivery.positions().size());
            for (var position : delivery.positions()) {
                writePosition(out, position);
            }
        });
    }

    static Delivery delivery(byte[] form) {
        return read(
                form,
                (in, version) -> {
                    var webhook = new WebhookId(in.readUTF());
                    var id = new DeliveryId(in.readUTF());
                    var createdAt = readTime(in);
                    var entryIds = readList(in, from -> from.readUTF());
                    var body = readBytes(in);
                    var positions =
                            version < 2
                                    ? List.<LedgerPosition>of()
                                    : readList(in, Forms::readPosition);
                    return new Delivery(webhook, id, createdAt, entryIds, positions, body);
                });
    }

    static byte[] progress(Progress progress) {
        return written(out -> {
            out.writeUTF(progress.webhookId().value());
            out.writeUTF(progress.id().value());
            out.writeLong(progress.plannedAt().toEpochMilli());
            out.writeInt(progress.attempts());
            out.writeInt(progress.failures());
            out.writeLong(progress.nextAttemptAt().toEpochMilli());
            writeTimeOrNone(out, progress.lastAttemptAt());
        });
    }

    static Progress progress(byte[] form) {
        return read(
                form,
                (in, _) ->
                        new Progress(
                                new WebhookId(in.readUTF()),
                                new DeliveryId(in.readUTF()),
                                readTime(in),
                                in.readInt(),
                                in.readInt(),
                                readTime(in),
                                readTimeOrNone(in)));
    }

    static byte[] replay(ReplayState state) {
        return written(out -> {
            writeBytes(out, REPLAYS.encode(state.order()));
            out.writeBoolean(state.left().isPresent());
            if (state.left().isPresent()) {
                var left = state.left().get();
                out.writeInt(left.size());
                for (var span : left) {
                    out.writeInt(span.partition());
                    out.writeLong(span.from());
                    out.writeLong(span.to());
                }
            }
            out.writeInt(state.open().size());
            for (var delivery : state.open()) {
                out.writeUTF(delivery.value());
            }
        });
    }

    static ReplayState replay(byte[] form) {
        return read(
                form,
                (in, _) -> {
                    var order = REPLAYS.decode(readBytes(in));
                    Optional<List<Span>> left =
                            in.readBoolean()
                                    ? Optional.of(readList(in, Forms::readSpan))
                                    : Optional.empty();
                    var open = readList(in, from -> new DeliveryId(from.readUTF()));
                    return new ReplayState(order, left, Set.copyOf(open));
                });
    }

    private static Span readSpan(DataInputStream in) throws IOException {
        return new Span(in.readInt(), in.readLong(), in.readLong());
    }

    static byte[] health(Health health) {
        return written(out -> {
            switch (health) {
                case Working(var window, var releasedAt) -> {
                    out.writeByte(WORKING);
                    out.writeInt(window);
                    writeTimeOrNone(out, releasedAt);
                }
                case Failing failing -> {
                    out.writeByte(FAILING);
                    out.writeLong(failing.since().toEpochMilli());
                    out.writeInt(failing.failures());
                    out.writeLong(failing.lastFailureAt().toEpochMilli());
                    out.writeLong(failing.quietUntil().toEpochMilli());
                    writeTimeOrNone(out, failing.releasedAt());
                }
                case Disabled(var version) -> {
                    out.writeByte(DISABLED);
                    out.writeLong(version);
                }
            }
        });
    }

    static Health health(byte[] form) {
        return read(
                form,
                (in, _) -> {
                    int kind = in.readByte();
                    return switch (kind) {
                        case WORKING -> new Working(in.readInt(), readTimeOrNone(in));
                        case FAILING ->
                                new Failing(
                                        readTime(in),
                                        in.readInt(),
                                        readTime(in),
                                        readTime(in),
                                        readTimeOrNone(in));
                        case DISABLED -> new Disabled(in.readLong());
                        default -> throw new IOException("unknown health " + kind);
                    };
                });
    }

    @FunctionalInterface
    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    @FunctionalInterface
    private interface Element<T> {
        T from(DataInputStream in) throws IOException;
    }

    @FunctionalInterface
    private interface Reading<T> {
        T from(DataInputStream in, int version) throws IOException;
    }

    private static byte[] written(Writing writing) {
        var bytes = new ByteArrayOutputStream(256);
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // A byte array does not fail.
        }
        return bytes.toByteArray();
    }

    private static <T> T read(byte[] form, Reading<T> reading) {
        try (var in = new DataInputStream(new ByteArrayInputStream(form))) {
            int version = in.readByte();
            if (version < 1 || version > VERSION) {
                throw new IllegalStateException("form of version " + version);
            }
            return reading.from(in, version);
        } catch (IOException e) {
            throw new IllegalStateException("broken form", e);
        }
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("length out of range: " + length);
        }
        return in.readNBytes(length);
    }

    private static void writePosition(DataOutputStream out, LedgerPosition position)
            throws IOException {
        out.writeInt(position.partition());
        out.writeLong(position.offset());
    }

    private static LedgerPosition readPosition(DataInputStream in) throws IOException {
        return new LedgerPosition(in.readInt(), in.readLong());
    }

    private static <T> List<T> readList(DataInputStream in, Element<T> element) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > LIST_MAX) {
            throw new IOException("list out of range: " + count);
        }
        var list = new ArrayList<T>(count);
        for (int i = 0; i < count; i++) {
            list.add(element.from(in));
        }
        return list;
    }

    private static Instant readTime(DataInputStream in) throws IOException {
        return Instant.ofEpochMilli(in.readLong());
    }

    private static void writeTimeOrNone(DataOutputStream out, @Nullable Instant time)
            throws IOException {
        out.writeLong(time == null ? Long.MIN_VALUE : time.toEpochMilli());
    }

    private static @Nullable Instant readTimeOrNone(DataInputStream in) throws IOException {
        long millis = in.readLong();
        return millis == Long.MIN_VALUE ? null : Instant.ofEpochMilli(millis);
    }
}
