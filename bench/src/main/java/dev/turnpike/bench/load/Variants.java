package dev.turnpike.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** The lines of a file in memory, all of one length. Immutable. */
final class Variants {
    private final byte[] bytes;
    private final int length;

    private Variants(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    /**
     * Reads what a job names; nothing when it names no file.
     *
     * @throws IOException if the file cannot be read or its lines are not as long as what they
     *     replace
     */
    static Variants of(LoadJob job) throws IOException {
        if (job.variation().isNone()) {
            return new Variants(new byte[0], 0);
        }
        var bytes = Files.readAllBytes(Path.of(job.variation().file()));
        int length = job.variation().text().length();
        if (bytes.length == 0 || bytes.length % (length + 1) != 0 || bytes[length] != '\n') {
            throw new IOException(job.variation().file() + " has lines of another length");
        }
        return new Variants(bytes, length);
    }

    boolean isEmpty() {
        return length == 0;
    }

    int count() {
        return bytes.length / (length + 1);
    }

    /** Copies line {@code index} to {@code at} in a request. */
    void put(int index, ByteBuffer request, int at) {
        request.put(at, bytes, index * (length + 1), length);
    }
}
