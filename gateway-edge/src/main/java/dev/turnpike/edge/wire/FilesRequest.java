package dev.turnpike.edge.wire;

import java.util.Map;
import java.util.OptionalInt;

/**
 * A request with files, of whose other fields only two matter here.
 *
 * @param model asked for, not empty
 * @param stream whether the answer is to be a stream, as far as was known when it was admitted
 */
public record FilesRequest(String model, boolean stream) implements ModelRequest {
    @Override
    public OptionalInt maxTokens() {
        return OptionalInt.of(0);
    }

    @Override
    public int choices() {
        return 1;
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public boolean countable() {
        return false;
    }

    @Override
    public int messageCount() {
        return 0;
    }

    @Override
    public long promptBytes() {
        return 0;
    }

    @Override
    public int promptTokenIds() {
        return 0;
    }

    @Override
    public long toolBytes() {
        return 0;
    }

    @Override
    public int attachments() {
        return 0;
    }

    @Override
    public void meterText(OutputMeter meter) {}
}
