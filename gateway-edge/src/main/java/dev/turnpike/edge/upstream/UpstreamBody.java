package dev.turnpike.edge.upstream;

import dev.turnpike.edge.wire.ByteSlice;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a request to an upstream: in memory, in a file, or still on its way here. */
public interface UpstreamBody {
    /** What {@link #length} says when nobody knows. */
    long UNKNOWN = -1;

    /** No body. */
    UpstreamBody NONE = of(List.of());

    /** A body in memory; neither the list nor the arrays must change while it is used. */
    static UpstreamBody of(List<ByteSlice> slices) {
        return new Slices(slices);
    }

    /** Bytes in all, or {@link #UNKNOWN}. */
    long length();

    /** Whether it can be sent once more after it was sent in part or whole. */
    boolean repeatable();

    /** Begins to hand it out. */
    Pieces open();

    /** A body as it is handed out. One thread. */
    interface Pieces {
        /**
         * The next piece, which may be empty and is valid until the next one is asked for; null
         * when the body is over.
         *
         * @throws UpstreamFaultException {@link UpstreamFault.BodyLost} with the reason as its
         *     cause, if the rest of the body cannot be had
         */
        @Nullable ByteSlice next() throws UpstreamFaultException;
    }

    /** A body in memory. */
    record Slices(List<ByteSlice> slices) implements UpstreamBody {
        @Override
        public long length() {
            long sum = 0;
            for (int i = 0; i < slices.size(); i++) {
                sum += slices.get(i).length();
            }
            return sum;
        }

        @Override
        public boolean repeatable() {
            return true;
        }

        @Override
        public Pieces open() {
            Iterator<ByteSlice> left = slices.iterator();
            return () -> left.hasNext() ? left.next() : null;
        }

        /** The length only: the bytes may be a prompt. */
        @Override
        public String toString() {
            return "UpstreamBody[" + length() + " bytes]";
        }
    }
}
