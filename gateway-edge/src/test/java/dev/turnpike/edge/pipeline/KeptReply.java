package dev.turnpike.edge.pipeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A client that keeps what it is sent, until it leaves. */
final class KeptReply implements ClientReply, ClientReply.Stream {
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    final Map<String, String> headers = new HashMap<>();
    Runnable onFirstByte = () -> {};

    /** Runs when a whole reply comes. */
    Runnable onSend = () -> {};

    boolean ended;

    /** Whether the client is there, for those who look. */
    boolean present = true;

    /** Flushes that succeed before the client is gone. */
    int flushesLeft = Integer.MAX_VALUE;

    /** Bytes the client takes before it is gone, in the middle of a write where that is. */
    int bytesLeft = Integer.MAX_VALUE;

    String text() {
        return received.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void header(String name, String value) {
        headers.put(name, value);
    }

    @Override
    public void send(int status, String contentType, byte[] body) {
        onSend.run();
        received.writeBytes(body);
        ended = true;
    }

    @Override
    public Stream open(int status, String contentType) {
        return this;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws ClientGoneException {
        if (flushesLeft <= 0) {
            throw new ClientGoneException(new IOException("broken pipe"));
        }
        if (received.size() == 0) {
            onFirstByte.run();
        }
        int taken = Math.min(length, bytesLeft);
        received.write(bytes, offset, taken);
        bytesLeft -= taken;
        if (taken < length) {
            throw new ClientGoneException(new IOException("broken pipe"));
        }
    }

    @Override
    public boolean present() {
        return present;
    }

    @Override
    public void flush() {
        flushesLeft--;
    }

    @Override
    public void end() {
        ended = true;
    }
}
