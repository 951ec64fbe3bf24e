package dev.turnpike.usage.topology;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.usage.KeyUse;
import dev.turnpike.usage.domain.KnownUse;
import dev.turnpike.usage.domain.RequestState;
import dev.turnpike.usage.domain.StreamMark;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;

/**
 * The bytes of the aggregator's own state. Nobody else reads them; each begins with a byte that
 * says what follows, so that a later version can tell its own from these.
 */
final class StateFormat {
    private static final byte CLOSED = 1;
    private static final byte OPEN = 2;
    private static final byte MARK = 3;
    private static final byte KEY_USE = 4;

    private StateFormat() {}

    static byte[] bytes(RequestState state) {
        return switch (state) {
            case RequestState.Closed _ -> new byte[] {CLOSED};
            case RequestState.Open open -> written(out -> write(out, open));
        };
    }

    /**
     * @throws IllegalStateException if the bytes are of no known version
     */
    static RequestState requestState(byte[] bytes) {
        return read(
                bytes,
                in ->
                        switch (in.readByte()) {
                            case CLOSED -> new RequestState.Closed();
                            case OPEN -> readOpen(in);
                            default -> throw new IllegalStateException("unknown request state");
                        });
    }

    static byte[] bytes(StreamMark mark) {
        return written(out -> {
            out.writeByte(MARK);
            out.writeLong(mark.contiguous());
            out.writeLong(mark.touchedMillis());
            out.writeInt(mark.beyond().size());
            for (var range : mark.beyond()) {
                out.writeLong(range.first());
                out.writeLong(range.last());
            }
        });
    }

    /**
     * @throws IllegalStateException if the bytes are of no known version
     */
    static StreamMark mark(byte[] bytes) {
        return read(
                bytes,
                in -> {
                    if (in.readByte() != MARK) {
                        throw new IllegalStateException("unknown stream mark");
                    }
                    long contiguous = in.readLong();
                    long touched = in.readLong();
                    var beyond = new ArrayList<StreamMark.Range>();
                    for (int left = in.readInt(); left > 0; left--) {
                        beyond.add(new StreamMark.Range(in.readLong(), in.readLong()));
                    }
                    return new StreamMark(contiguous, beyond, touched);
                });
    }

    /** Everything but the key's prefix, under which it is stored. */
    static byte[] bytes(KnownUse use) {
        return written(out -> {
            out.writeByte(KEY_USE);
            out.writeUTF(use.newest().groupId().value());
            out.writeLong(use.newest().lastUsedAt().getEpochSecond());
            out.writeInt(use.newest().lastUsedAt().getNano());
            out.writeLong(use.quietUntil().toEpochMilli());
            out.writeBoolean(use.waiting());
        });
    }

    /**
     * @throws IllegalStateException if the bytes are of no known version
     */
    static KnownUse keyUse(KeyPrefix key, byte[] bytes) {
        return read(
                bytes,
                in -> {
                    if (in.readByte() != KEY_USE) {
                        throw new IllegalStateException("unknown use of a key");
                    }
                    var group = new GroupId(in.readUTF());
                    var at = Instant.ofEpochSecond(in.readLong(), in.readInt());
                    var quietUntil = Instant.ofEpochMilli(in.readLong());
                    return new KnownUse(new KeyUse(key, group, at), quietUntil, in.readBoolean());
                });
    }

    private static void write(DataOutputStream out, RequestState.Open open) throws IOException {
        out.writeByte(OPEN);
        out.writeUTF(open.stream());
        out.writeInt(open.charges().size());
        for (var charge : open.charges()) {
            out.writeUTF(charge.groupId().value());
            out.writeUTF(charge.slug());
            out.writeUTF(charge.type().name());
            out.writeUTF(charge.unit().name());
            out.writeLong(charge.window());
            out.writeLong(charge.reserved());
            out.writeLong(charge.actual());
        }
    }

    private static RequestState readOpen(DataInputStream in) throws IOException {
        var stream = in.readUTF();
        var charges = new ArrayList<Charge>();
        for (int left = in.readInt(); left > 0; left--) {
            charges.add(
                    new Charge(
                            new GroupId(in.readUTF()),
                            in.readUTF(),
                            LimitType.valueOf(in.readUTF()),
                            LimitUnit.valueOf(in.readUTF()),
                            in.readLong(),
                            in.readLong(),
                            in.readLong()));
        }
        return new RequestState.Open(stream, charges);
    }

    private static byte[] written(Writing writing) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // A byte array does not fail.
        }
        return bytes.toByteArray();
    }

    private static <T> T read(byte[] bytes, Reading<T> reading) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return reading.from(in);
        } catch (IOException e) {
            throw new IllegalStateException("state was cut off", e);
        }
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private interface Reading<T> {
        T from(DataInputStream in) throws IOException;
    }
}
