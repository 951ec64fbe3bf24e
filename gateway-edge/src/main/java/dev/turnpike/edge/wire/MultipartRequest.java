package dev.turnpike.edge.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A {@code multipart/form-data} request: a file and some fields, of which only the model and
 * whether to stream matter here. Everything but the model goes on byte for byte.
 */
public final class MultipartRequest implements ModelRequest {
    private final byte[] body;
    private final String boundary;
    private final String model;
    private final @Nullable ByteRange modelValue;
    private final boolean stream;

    MultipartRequest(
            byte[] body,
            String boundary,
            String model,
            @Nullable ByteRange modelValue,
            boolean stream) {
        this.body = body;
        this.boundary = boundary;
        this.model = model;
        this.modelValue = modelValue;
        this.stream = stream;
    }

    /**
     * The body with the model's name at the target.
     *
     * @param targetModel not empty; a name that could end its part is refused by the reader of the
     *     endpoint, not here
     */
    public List<ByteSlice> withModel(String targetModel) {
        var name = targetModel.getBytes(StandardCharsets.UTF_8);
        var value = modelValue;
        if (value != null) {
            return List.of(
                    new ByteSlice(body, 0, value.from()),
                    ByteSlice.of(name),
                    new ByteSlice(body, value.to(), body.length - value.to()));
        }
        var part = "--" + boundary + "\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\n";
        return List.of(
                ByteSlice.of(part.getBytes(StandardCharsets.ISO_8859_1)),
                ByteSlice.of(name),
                ByteSlice.of("\r\n".getBytes(StandardCharsets.US_ASCII)),
                ByteSlice.of(body));
    }

    @Override
    public String model() {
        return model;
    }

    @Override
    public boolean stream() {
        return stream;
    }

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
