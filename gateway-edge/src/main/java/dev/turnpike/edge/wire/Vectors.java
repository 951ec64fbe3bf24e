package dev.turnpike.edge.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Embedding vectors: from JSON numbers to base64 of little-endian 32-bit floats. */
final class Vectors {
    private static final int DIMENSIONS_FIRST = 1_536;

    private Vectors() {}

    /**
     * Reads the array the cursor stands at.
     *
     * @return a JSON string
     * @throws JsonFaultException if an element is no number
     */
    static byte[] base64(byte[] json, JsonCursor cursor) throws JsonFaultException {
        var floats = new float[DIMENSIONS_FIRST];
        int count = 0;
        cursor.enterArray();
        while (cursor.nextElement()) {
            int from = cursor.position();
            cursor.skipValue();
            if (count == floats.length) {
                floats = Arrays.copyOf(floats, 2 * count);
            }
            floats[count++] = number(json, from, cursor.position());
        }
        var bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(floats[i]);
        }
        var text = Base64.getEncoder().encodeToString(bytes.array());
        return ('"' + text + '"').getBytes(StandardCharsets.US_ASCII);
    }

    private static float number(byte[] json, int from, int to) throws JsonFaultException {
        try {
            var text = new String(json, from, to - from, StandardCharsets.US_ASCII);
            return Float.parseFloat(text);
        } catch (NumberFormatException e) {
            throw new JsonFaultException(JsonFaultException.Reason.NOT_JSON, from);
        }
    }
}
