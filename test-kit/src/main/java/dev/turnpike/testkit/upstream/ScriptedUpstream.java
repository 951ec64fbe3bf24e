package dev.turnpike.testkit.upstream;

import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.ScriptServer;
import java.io.OutputStream;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An OpenAI-compatible and Anthropic-compatible provider that answers as told. A request is
 * answered by the next queued script; with none queued, by the function set with {@link #answer};
 * without one, by the script its {@code x-script} header or its model name asks for, among them
 * {@code hang}, {@code reset-midstream}, {@code garbage}, {@code no-usage}, {@code error-503},
 * {@code slow-10ms}, {@code tokens-100-20}, {@code tools}, {@code parallel-tools}, {@code
 * structured}, {@code busy-503}, {@code flaky-429} and those of {@link QuirkScripts}; any other
 * name gives a good answer. Requests to {@code /messages} are answered in Anthropic's words, those
 * to {@code /responses} in the words of OpenAI's responses. Thread-safe.
 */
public final class ScriptedUpstream implements AutoCloseable {
    /** Any free port. */
    public static final int ANY_PORT = 0;

    private final Queue<Script> queued = new ConcurrentLinkedQueue<>();
    private final UpstreamLedger ledger;
    private final ScriptServer server;
    private volatile ScriptServer.Director answer = new MoodyAnswers();

    private ScriptedUpstream(int port, OutputStream lines) {
        ledger = new UpstreamLedger(lines);
        server = ScriptServer.start(port, this::direct, ledger);
    }

    public static ScriptedUpstream start() {
        return start(ANY_PORT, OutputStream.nullOutputStream());
    }

    /**
     * @param port where to listen, or {@link #ANY_PORT}
     * @param lines receives a line for each request when it has ended; not closed here
     */
    public static ScriptedUpstream start(int port, OutputStream lines) {
        return new ScriptedUpstream(port, lines);
    }

    /** What a target of the gateway takes as its {@code base_url}. */
    public String baseUrl() {
        return "http://127.0.0.1:" + port() + "/v1";
    }

    public int port() {
        return server.port();
    }

    public UpstreamLedger ledger() {
        return ledger;
    }

    /** Answers the next requests, one each, in order of arrival. */
    public ScriptedUpstream enqueue(Script... scripts) {
        queued.addAll(List.of(scripts));
        return this;
    }

    /** Answers every request that finds no queued script. */
    public ScriptedUpstream answer(ScriptServer.Director director) {
        answer = director;
        return this;
    }

    @Override
    public void close() {
        server.close();
    }

    private Script direct(ReceivedRequest request) {
        var next = queued.poll();
        return next == null ? answer.direct(request) : next;
    }
}
