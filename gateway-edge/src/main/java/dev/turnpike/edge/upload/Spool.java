package dev.turnpike.edge.upload;

import dev.turnpike.edge.wire.ByteSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** One file of a {@link SpoolSpace}: written from its beginning to its end, then read. */
final class Spool implements Kept, AutoCloseable {
    private static final int BUFFER_BYTES = 16 << 10;

    private final FileChannel file;
    private final SpoolSpace space;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long length;

    Spool(FileChannel file, SpoolSpace space) {
        this.file = file;
        this.space = space;
    }

    @Override
    public long length() {
        return length;
    }

    /**
     * @throws dev.turnpike.runtime.problem.ProblemException if there is no room, or the disk fails
     */
    void append(ByteSlice bytes) {
        space.take(bytes.length());
        length += bytes.length();
        var left = ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length());
        try {
            while (left.hasRemaining()) {
                file.write(left);
            }
        } catch (IOException e) {
            throw SpoolSpace.unusable(e);
        }
    }

    @Override
    public ByteSlice some(long from, long to) throws IOException {
        buffer.clear().limit((int) Math.min(BUFFER_BYTES, to - from));
        int count = file.read(buffer, from);
        if (count <= 0) {
            throw new IOException("the file is shorter than what was written to it");
        }
        return new ByteSlice(buffer.array(), 0, count);
    }

    /** Deletes it and gives its room back. */
    @Override
    public void close() {
        space.give(length);
        length = 0;
        try {
            file.close();
        } catch (IOException e) {
            throw SpoolSpace.unusable(e);
        }
    }
}
