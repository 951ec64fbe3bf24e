package dev.turnpike.runtime.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class ServiceHostTest {
    private final ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();

    /** A service that writes down what happens to it. */
    private final class Recorded implements Service {
        private final String name;
        private final boolean startable;
        private final boolean closeable;
        private @Nullable FailureSink failures;

        Recorded(String name, boolean startable, boolean closeable) {
            this.name = name;
            this.startable = startable;
            this.closeable = closeable;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void start(FailureSink onFailure) {
            calls.add("start " + name);
            failures = onFailure;
            if (!startable) {
                throw new IllegalStateException(name);
            }
        }

        @Override
        public List<Check> ready() {
            return List.of(new Check("ok", Check.Outcome::passed));
        }

        @Override
        public void close() {
            calls.add("close " + name);
            if (!closeable) {
                throw new IllegalStateException(name);
            }
        }
    }

    @Test
    void servicesStopInReverseOrderEvenWhenOneFailsToClose() {
        var host =
                new ServiceHost(
                        List.of(
                                new Recorded("a", true, true),
                                new Recorded("b", true, false),
                                new Recorded("c", true, true)));
        host.start();
        host.close();
        host.close();

        assertThat(calls)
                .containsExactly("start a", "start b", "start c", "close c", "close b", "close a");
        assertThat(host.ready()).extracting(Check::name).containsExactly("a.ok", "b.ok", "c.ok");
    }

    @Test
    void whatWasStartedIsClosedWhenALaterServiceCannotStart() {
        var host =
                new ServiceHost(
                        List.of(
                                new Recorded("a", true, true),
                                new Recorded("b", false, true),
                                new Recorded("c", true, true)));

        assertThatThrownBy(host::start).hasMessage("b");
        assertThat(calls).containsExactly("start a", "start b", "close b", "close a");
    }

    @Test
    void aThreadThatDiesStopsTheHost() throws InterruptedException {
        var service = new Recorded("a", true, true);
        var host = new ServiceHost(List.of(service));
        host.start();
        var sink = service.failures;
        assertThat(sink).isNotNull();

        Threads.platform(
                "worker",
                sink,
                () -> {
                    throw new IllegalStateException("corrupt");
                });
        host.awaitStop();

        assertThat(host.failure()).get().extracting(Throwable::getMessage).isEqualTo("corrupt");
        host.close();
    }
}
