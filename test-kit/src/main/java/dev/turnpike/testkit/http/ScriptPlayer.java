package dev.turnpike.testkit.http;

import dev.turnpike.testkit.http.Played.Ending;
import dev.turnpike.testkit.http.Step.Drip;
import dev.turnpike.testkit.http.Step.End;
import dev.turnpike.testkit.http.Step.HalfClose;
import dev.turnpike.testkit.http.Step.Hang;
import dev.turnpike.testkit.http.Step.Reset;
import dev.turnpike.testkit.http.Step.Send;
import dev.turnpike.testkit.http.Step.SendSse;
import dev.turnpike.testkit.http.Step.Sleep;
import dev.turnpike.testkit.http.Step.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Plays one script on one connection and counts what it wrote. One thread only. */
final class ScriptPlayer {
    private static final byte[] LINE_END = bytes("\r\n");
    private static final byte[] LAST_CHUNK = bytes("0\r\n\r\n");

    private final Socket socket;
    private final RequestReader peer;
    private final BooleanSupplier stopping;
    private boolean chunked;
    private int status;
    private long written;
    private int pieces;
    private int tokens;

    /**
     * @param stopping whether the server is closing, to tell its closing from the peer's
     */
    ScriptPlayer(Socket socket, RequestReader peer, BooleanSupplier stopping) {
        this.socket = socket;
        this.peer = peer;
        this.stopping = stopping;
    }

    /** Plays to the end, whichever it is; the connection is reusable only after WHOLE. */
    Played play(Script script) {
        Ending ending = Ending.CUT;
        try {
            for (var step : script.steps()) {
                var ended = step(step);
                if (ended.isPresent()) {
                    ending = ended.get();
                    break;
                }
            }
        } catch (IOException broken) {
            ending = stopping.getAsBoolean() ? Ending.STOPPED : Ending.PEER_CLOSED;
        }
        return new Played(ending, status, written, pieces, tokens);
    }

    private Optional<Ending> step(Step step) throws IOException {
        switch (step) {
            case Status(var code, var headers) -> head(code, headers);
            case Send(var bytes, var count) -> body(bytes, count);
            case SendSse(var data, var count) -> body(bytes("data: " + data + "\n\n"), count);
            case Drip(var bytes, var rate) -> drip(bytes, rate);
            case Sleep(var length) -> {
                if (peer.peerClosesWithin(length)) {
                    return Optional.of(closedByPeer());
                }
            }
            case Hang() -> {
                peer.awaitClose();
                return Optional.of(closedByPeer());
            }
            case Reset() -> {
                socket.setSoLinger(true, 0);
                socket.close();
                return Optional.of(Ending.CUT);
            }
            case HalfClose() -> {
                socket.shutdownOutput();
                peer.awaitClose();
                return Optional.of(Ending.CUT);
            }
            case End() -> {
                if (chunked) {
                    write(LAST_CHUNK);
                }
                return Optional.of(Ending.WHOLE);
            }
        }
        return Optional.empty();
    }

    private Ending closedByPeer() {
        return stopping.getAsBoolean() ? Ending.STOPPED : Ending.PEER_CLOSED;
    }

    private void head(int code, Map<String, String> headers) throws IOException {
        var text = new StringBuilder("HTTP/1.1 ").append(code).append(" Scripted\r\n");
        headers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        boolean lengthKnown =
                headers.keySet().stream().anyMatch("content-length"::equalsIgnoreCase);
        if (!lengthKnown) {
            text.append("transfer-encoding: chunked\r\n");
        }
        write(bytes(text.append("\r\n").toString()));
        chunked = !lengthKnown;
        status = code;
    }

    private void body(byte[] bytes, int count) throws IOException {
        if (bytes.length == 0) {
            return; // An empty chunk would end the body.
        }
        if (chunked) {
            var chunk = new ByteArrayOutputStream(bytes.length + 16);
            chunk.writeBytes(bytes(Integer.toHexString(bytes.length)));
            chunk.writeBytes(LINE_END);
            chunk.writeBytes(bytes);
            chunk.writeBytes(LINE_END);
            write(chunk.toByteArray());
        } else {
            write(bytes);
        }
        pieces++;
        tokens += count;
    }

    private void drip(byte[] bytes, int bytesPerSecond) throws IOException {
        for (byte one : bytes) {
            body(new byte[] {one}, 0);
            Pause.nanos(TimeUnit.SECONDS.toNanos(1) / bytesPerSecond);
        }
    }

    private void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        written += bytes.length;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
