package dev.turnpike.edge.upload;

import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.upstream.UpstreamFault.BodyLost;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.BodyFaultException.Reason;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.ByteSource;
import dev.turnpike.edge.wire.FilesRequest;
import dev.turnpike.edge.wire.FormFields;
import dev.turnpike.edge.wire.MultipartParser;
import dev.turnpike.edge.wire.MultipartParser.Piece;
import dev.turnpike.edge.wire.MultipartType;
import dev.turnpike.runtime.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One body with files. Its beginning is read into memory. If that holds the model, the rest goes
 * from the client to the target as it comes; if a file stands in front of the model, the body is
 * kept on disk until it is whole. Used by the request's thread only; closing it deletes what it
 * keeps.
 */
public final class Upload implements AutoCloseable {
    /** How much of a body is read before it is decided what becomes of the rest. */
    public static final int BEGINNING_BYTES = 64 << 10;

    /** Memory that one upload takes at most: its beginning while it grows, and the buffers. */
    public static final int MEMORY_BYTES = 4 * BEGINNING_BYTES;

    private static final long NOWHERE = -1;

    private final ByteSource client;
    private final long length;
    private final SpoolSpace space;
    private final FormFields fields = new FormFields();
    private final ByteArrayOutputStream beginning = new ByteArrayOutputStream(4 << 10);
    private @Nullable MultipartParser parser;
    private @Nullable MultipartType type;
    private @Nullable Spool spool;
    private long read;
    private long modelFrom = NOWHERE;
    private long modelTo = NOWHERE;
    private boolean spent;

    /**
     * @param client read by nobody else
     * @param length what the client says of the body's length, or {@link UpstreamBody#UNKNOWN}
     */
    public Upload(ByteSource client, long length, SpoolSpace space) {
        this.client = client;
        this.length = length;
        this.space = space;
    }

    /**
     * Reads as much as must be known of the body before anything of it is sent on. Once.
     *
     * @param pathModel the model that the URL names; it counts, whatever the body says
     * @throws BodyFaultException saying what is wrong with the body
     * @throws UncheckedIOException if the body broke off
     * @throws ProblemException if there is no room to keep it
     */
    public FilesRequest begin(String contentType, @Nullable String pathModel)
            throws BodyFaultException {
        var known = MultipartType.parse(contentType);
        var pieces = new MultipartParser(client, known);
        type = known;
        parser = pieces;
        try {
            while (!fields.ended() && !decided()) {
                keep(next(pieces));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var model = Optional.ofNullable(pathModel).or(fields::model);
        return new FilesRequest(model.orElseThrow(Upload::withoutModel), fields.stream());
    }

    /** Whether the rest may go on as it comes; else it goes to disk from here on. */
    private boolean decided() {
        if (beginning.size() < BEGINNING_BYTES || fields.inModel()) {
            return false;
        }
        if (fields.model().isPresent()) {
            return true;
        }
        var opened = space.open();
        spool = opened;
        opened.append(ByteSlice.of(beginning.toByteArray()));
        beginning.reset();
        return false;
    }

    private Piece next(MultipartParser pieces) throws BodyFaultException, IOException {
        boolean inside = fields.inModel();
        var piece = pieces.next();
        fields.take(piece);
        read += piece.bytes().length();
        if (fields.inModel()) {
            modelFrom = inside ? modelFrom : read;
            modelTo = read;
        }
        return piece;
    }

    private void keep(Piece piece) {
        var bytes = piece.bytes();
        var file = spool;
        if (file == null) {
            beginning.write(bytes.array(), bytes.offset(), bytes.length());
        } else {
            file.append(bytes);
        }
    }

    /** The content type under which {@link #body} is sent. */
    public String contentType() {
        return begun(type).header();
    }

    /** Whether {@link #body} can be sent: until some of it went by that is not kept. */
    public boolean sendable() {
        return !spent;
    }

    /**
     * The body with another name in place of the model.
     *
     * @param targetModel not empty; a name that could end its part is refused by the reader of the
     *     endpoint, not here
     */
    public UpstreamBody body(String targetModel) {
        return new Sent(
                modelFrom == NOWHERE
                        ? Splice.part(begun(type), targetModel)
                        : Splice.of(modelFrom, modelTo, targetModel));
    }

    @Override
    public void close() {
        var file = spool;
        if (file != null) {
            spool = null;
            file.close();
        }
    }

    private static BodyFaultException withoutModel() {
        return new BodyFaultException(
                Reason.MISSING_REQUIRED_PARAMETER, "model", "you must provide 'model'");
    }

    private static <T> T begun(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the body was not begun");
        }
        return value;
    }

    /** The body as a target is sent it. */
    private final class Sent implements UpstreamBody {
        private final Splice splice;
        private final boolean whole = fields.ended();

        Sent(Splice splice) {
            this.splice = splice;
        }

        @Override
        public long length() {
            long original = whole ? read : Upload.this.length;
            return original == UNKNOWN ? UNKNOWN : original + splice.growth();
        }

        @Override
        public boolean repeatable() {
            return whole;
        }

        @Override
        public Pieces open() {
            var file = spool;
            var kept = file == null ? new Kept.InMemory(beginning.toByteArray()) : file;
            return new Sending(kept, splice, whole);
        }
    }

    /** One time that the body is sent: what is kept, with the other model, and what still comes. */
    private final class Sending implements UpstreamBody.Pieces {
        private final Kept kept;
        private final Splice splice;
        private boolean replaced;
        private boolean over;
        private long position;

        Sending(Kept kept, Splice splice, boolean whole) {
            this.kept = kept;
            this.splice = splice;
            this.over = whole;
        }

        @Override
        public @Nullable ByteSlice next() throws UpstreamFaultException {
            try {
                if (!replaced && position == splice.from()) {
                    replaced = true;
                    position = splice.to();
                    return ByteSlice.of(splice.with());
                }
                long to = replaced ? kept.length() : splice.from();
                if (position < to) {
                    var some = kept.some(position, to);
                    position += some.length();
                    return some;
                }
                return over ? null : live();
            } catch (BodyFaultException | ProblemException e) {
                throw new UpstreamFaultException(new BodyLost("the client's body is refused"), e);
            } catch (IOException e) {
                throw new UpstreamFaultException(new BodyLost("the client broke off"), e);
            }
        }

        private ByteSlice live() throws BodyFaultException, IOException {
            spent = true;
            var bytes = Upload.this.next(begun(parser)).bytes();
            over = fields.ended();
            return bytes;
        }
    }
}
