package dev.turnpike.webhook.topology;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.webhook.domain.Batching;
import dev.turnpike.webhook.domain.Delivery;
import dev.turnpike.webhook.domain.Health;
import dev.turnpike.webhook.domain.Health.Disabled;
import dev.turnpike.webhook.domain.Health.Failing;
import dev.turnpike.webhook.domain.Health.Working;
import dev.turnpike.webhook.domain.Progress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of what only the dispatcher reads: its internal topics and stores. Each begins with a
 * version, times are milliseconds; a form of a newer version is refused, never guessed.
 */
final class Forms {
    private static final int VERSION = 1;
    private static final int LIST_MAX = Batching.EVENTS_MAX;

    private static final int WORKING = 0;
    private static final int FAILING = 1;
    private static final int DISABLED = 2;

    private Forms() {}

    /** An event without the webhook, which is the record's key. */
    static byte[] event(String entryId, byte[] json, Instant takenAt) {
        return written(out -> {
            out.writeUTF(entryId);
            writeBytes(out, json);
            out.writeLong(takenAt.toEpochMilli());
        });
    }

    static Batching.Event event(WebhookId webhook, long sequence, byte[] form) {
        return read(
                form,
                in ->
                        new Batching.Event(
                                webhook, sequence, in.readUTF(), readBytes(in), readTime(in)));
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
        });
    }

    static Delivery delivery(byte[] form) {
        return read(
                form,
                in -> {
                    var webhook = new WebhookId(in.readUTF());
                    var id = new DeliveryId(in.readUTF());
                    var createdAt = readTime(in);
                    int count = in.readInt();
                    if (count < 0 || count > LIST_MAX) {
                        throw new IOException("too many entries: " + count);
                    }
                    var entryIds = new ArrayList<String>(count);
                    for (int i = 0; i < count; i++) {
                        entryIds.add(in.readUTF());
                    }
                    return new Delivery(webhook, id, createdAt, entryIds, readBytes(in));
                });
    }

    static byte[] progress(Progress progress) {
        return written(out -> {
            out.writeUTF(progress.webhookId().value());
            out.writeUTF(progress.id().value());
            out.writeLong(progress.createdAt().toEpochMilli());
            out.writeInt(progress.attempts());
            out.writeInt(progress.failures());
            out.writeLong(progress.nextAttemptAt().toEpochMilli());
            writeTimeOrNone(out, progress.lastAttemptAt());
        });
    }

    static Progress progress(byte[] form) {
        return read(
                form,
                in ->
                        new Progress(
                                new WebhookId(in.readUTF()),
                                new DeliveryId(in.readUTF()),
                                readTime(in),
                                in.readInt(),
                                in.readInt(),
                                readTime(in),
                                readTimeOrNone(in)));
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
                in -> {
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
    private interface Reading<T> {
        T from(DataInputStream in) throws IOException;
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
            if (version != VERSION) {
                throw new IllegalStateException("form of version " + version);
            }
            return reading.from(in);
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
