package dev.turnpike.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.testkit.http.Played.Ending;
import dev.turnpike.testkit.http.Step.HalfClose;
import dev.turnpike.testkit.http.Step.Send;
import dev.turnpike.testkit.http.Step.Status;
import dev.turnpike.testkit.net.TestHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ScriptServerIT {
    private final BlockingQueue<ReceivedRequest> arrived = new LinkedBlockingQueue<>();
    private final BlockingQueue<Played> ended = new LinkedBlockingQueue<>();
    private volatile Script script = Script.answer("ok", 200, Map.of(), "fine", 2);
    private final ScriptServer server = ScriptServer.start(0, _ -> script, new Queues());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aChunkedRequestSentByteByByteIsReadWhole() throws Exception {
        try (var http = TestHttp.connect(server.port())) {
            var request =
                    "POST /a?b=c HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nx-two: 2\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n"
                            + "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n";
            var reply = http.sendSlowly(request, Duration.ofNanos(100_000)).read();
            assertThat(reply.body()).isEqualTo("fine");
        }
        var request = arrived.poll(10, TimeUnit.SECONDS);
        assertThat(request.target()).isEqualTo("/a?b=c");
        assertThat(request.text()).isEqualTo("abcdefg");
        assertThat(request.headers().get("x-two")).containsExactly("1", "2");
        assertThat(ended.poll(10, TimeUnit.SECONDS))
                .returns(Ending.WHOLE, Played::ending)
                .returns(200, Played::status)
                .returns(2, Played::tokens);
    }

    @Test
    void aClientMayWaitForLeaveToSendItsBody() throws IOException {
        try (var http = TestHttp.connect(server.port())) {
            http.send("POST / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n");
            http.send("{}");
            assertThat(http.read().status()).isEqualTo(200);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        try (var http = TestHttp.connect(server.port())) {
            http.send("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
            assertThat(http.read().body()).isEqualTo("fine");
            assertThat(http.read().body()).isEqualTo("fine");
        }
        assertThat(arrived).extracting(ReceivedRequest::target).containsExactly("/1", "/2");
    }

    @Test
    void whatIsNotHttpIsHungUpOn() throws IOException {
        try (var http = TestHttp.connect(server.port())) {
            assertThat(http.send("nonsense\r\n\r\n").closedByServer()).isTrue();
        }
        assertThat(arrived).isEmpty();
    }

    @Test
    void aHalfClosedAnswerIsNotWhole() throws Exception {
        script = Script.of("half", new Status(200, Map.of()), new Send("part"), new HalfClose());
        try (var http = TestHttp.connect(server.port())) {
            var reply = http.request("GET", "/", Map.of(), "").read();
            assertThat(reply.body()).isEqualTo("part");
            assertThat(reply.whole()).isFalse();
        }
        assertThat(ended.poll(10, TimeUnit.SECONDS)).returns(Ending.CUT, Played::ending);
    }

    @Test
    void aDelayedAnswerIsGivenUpWhenTheClientLeaves() throws Exception {
        script = script.after(Duration.ofSeconds(20));
        try (var http = TestHttp.connect(server.port())) {
            http.request("GET", "/", Map.of(), "");
            assertThat(arrived.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
        assertThat(ended.poll(10, TimeUnit.SECONDS)).returns(Ending.PEER_CLOSED, Played::ending);
    }

    private final class Queues implements ScriptServer.Listener {
        @Override
        public int arrived(ReceivedRequest request, String name) {
            arrived.add(request);
            return 0;
        }

        @Override
        public void ended(int number, Played played) {
            ended.add(played);
        }
    }
}
