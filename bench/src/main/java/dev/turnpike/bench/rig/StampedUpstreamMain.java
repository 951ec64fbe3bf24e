package dev.turnpike.bench.rig;

import dev.turnpike.bench.load.SlowStreams;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.Step;
import dev.turnpike.testkit.http.Step.Sleep;
import dev.turnpike.testkit.upstream.ChatScripts;
import dev.turnpike.testkit.upstream.ScriptedUpstream;
import dev.turnpike.testkit.upstream.ScriptedUpstreamMain;
import dev.turnpike.testkit.upstream.Usage;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * The upstream of slow streams: every request gets {@code CHUNKS} chunks of 100 ms, each with the
 * time at which it was written in its text: {@code StampedUpstreamMain CHUNKS}.
 */
final class StampedUpstreamMain {
    static final Duration GAP = Duration.ofMillis(100);

    /** Steps of a stream before its first delta: status and the role. */
    private static final int OPENING = 2;

    private StampedUpstreamMain() {}

    public static void main(String[] args) throws InterruptedException {
        int chunks = Integer.parseInt(args[0]);
        var frame = new ArrayList<Step>();
        ChatScripts.chatStream(List.of(), Optional.of(new Usage(20, chunks)), Duration.ZERO)
                .steps()
                .forEach(frame::add);
        try (var upstream = ScriptedUpstream.start(0, OutputStream.nullOutputStream())) {
            upstream.answer(request -> new Script("stamped", () -> new Stamped(frame, chunks)));
            System.out.println(ScriptedUpstreamMain.LISTENING + upstream.port());
            new CountDownLatch(1).await();
        }
    }

    /** The steps of one stream; a chunk is made when it is asked for, which is when it is sent. */
    private static final class Stamped implements Iterator<Step> {
        private final List<Step> frame;
        private final int middle;
        private int at;

        Stamped(List<Step> frame, int chunks) {
            this.frame = frame;
            this.middle = 2 * chunks;
        }

        @Override
        public boolean hasNext() {
            return at < frame.size() + middle;
        }

        @Override
        public Step next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int now = at++;
            if (now < OPENING) {
                return frame.get(now);
            }
            if (now >= OPENING + middle) {
                return frame.get(now - middle);
            }
            return (now - OPENING) % 2 == 0
                    ? new Sleep(GAP)
                    : ChatScripts.delta(SlowStreams.STAMP + System.nanoTime() + " ");
        }
    }
}
