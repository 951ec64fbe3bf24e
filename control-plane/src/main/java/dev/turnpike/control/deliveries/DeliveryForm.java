package dev.turnpike.control.deliveries;

import dev.turnpike.control.deliveries.KnownDelivery.Status;
import dev.turnpike.control.deliveries.KnownDelivery.Tried;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.LedgerPosition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bytes of a known delivery in the local copy; times are microseconds. */
final class DeliveryForm {
    private static final int VERSION = 1;
    private static final long NO_TIME = Long.MIN_VALUE;

    private DeliveryForm() {}

    @FunctionalInterface
    private interface Element<T> {
        T from(DataInputStream in) throws IOException;
    }

    static byte[] write(KnownDelivery delivery) {
        var bytes = new ByteArrayOutputStream(512);
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(delivery.webhookId().value());
            out.writeUTF(delivery.id().value());
            writeTime(out, delivery.createdAt());
            out.writeUTF(delivery.status().name());
            writeTime(out, delivery.nextAttemptAt());
            out.writeInt(delivery.entryIds().size());
            for (var entryId : delivery.entryIds()) {
                out.writeUTF(entryId);
            }
            out.writeInt(delivery.positions().size());
            for (var position : delivery.positions()) {
                out.writeInt(position.partition());
                out.writeLong(position.offset());
            }
            out.writeInt(delivery.attempts().size());
            for (var tried : delivery.attempts()) {
                writeTried(out, tried);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // A byte array does not fail.
        }
        return bytes.toByteArray();
    }

    /**
     * @throws IllegalStateException if the bytes are not such a form
     */
    static KnownDelivery read(byte[] form) {
        try (var in = new DataInputStream(new ByteArrayInputStream(form))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IllegalStateException("form of version " + version);
            }
            var webhook = new WebhookId(in.readUTF());
            var id = new DeliveryId(in.readUTF());
            var createdAt = micros(in.readLong());
            var status = Status.valueOf(in.readUTF());
            var nextAttemptAt = readTime(in);
            var entryIds = readList(in, from -> from.readUTF());
            var positions =
                    readList(in, from -> new LedgerPosition(from.readInt(), from.readLong()));
            var attempts = readList(in, DeliveryForm::readTried);
            return new KnownDelivery(
                    webhook, id, createdAt, status, entryIds, positions, attempts, nextAttemptAt);
        } catch (IOException e) {
            throw new IllegalStateException("broken form", e);
        }
    }

    private static void writeTried(DataOutputStream out, Tried tried) throws IOException {
        writeTime(out, tried.at());
        out.writeInt(tried.status());
        out.writeLong(tried.latencyMs());
        var error = tried.error();
        out.writeBoolean(error != null);
        if (error != null) {
            out.writeUTF(error);
        }
    }

    private static Tried readTried(DataInputStream in) throws IOException {
        return new Tried(
                micros(in.readLong()),
                in.readInt(),
                in.readLong(),
                in.readBoolean() ? in.readUTF() : null);
    }

    private static <T> List<T> readList(DataInputStream in, Element<T> element) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > in.available()) {
            throw new IOException("list out of range: " + count);
        }
        var list = new ArrayList<T>(count);
        for (int i = 0; i < count; i++) {
            list.add(element.from(in));
        }
        return list;
    }

    private static void writeTime(DataOutputStream out, @Nullable Instant time) throws IOException {
        out.writeLong(time == null ? NO_TIME : ChronoUnit.MICROS.between(Instant.EPOCH, time));
    }

    private static @Nullable Instant readTime(DataInputStream in) throws IOException {
        long micros = in.readLong();
        return micros == NO_TIME ? null : micros(micros);
    }

    private static Instant micros(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
