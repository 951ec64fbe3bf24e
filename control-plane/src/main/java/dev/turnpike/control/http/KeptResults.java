package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * The results of a change of many as they are kept for a repetition: compressed, as they say the
 * same things many times over.
 */
final class KeptResults {
    /** Bytes that results may have before they are compressed, as the log's owner waits for it. */
    static final int BYTES_MAX = 4 << 20;

    private KeptResults() {}

    static String write(ObjectNode results) {
        var bytes = new ByteArrayOutputStream();
        var deflater = new Deflater(Deflater.BEST_SPEED);
        try (var out = new DeflaterOutputStream(bytes, deflater)) {
            out.write(Json.bytes(results));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // A byte array does not fail.
        } finally {
            deflater.end();
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /**
     * @throws IllegalStateException if {@code kept} was not written by {@link #write}
     */
    static ObjectNode read(String kept) {
        var bytes = Base64.getDecoder().decode(kept.getBytes(StandardCharsets.US_ASCII));
        try (var in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
            return Json.parseObject(in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException("results were cut off", e);
        }
    }
}
