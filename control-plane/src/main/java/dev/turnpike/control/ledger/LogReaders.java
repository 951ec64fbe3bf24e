package dev.turnpike.control.ledger;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;

/**
 * Lends consumers to whoever reads the log for a question, at most {@value #READERS_MAX} at once. A
 * consumer that failed is not lent again. Thread-safe.
 */
public final class LogReaders implements AutoCloseable {
    /** Questions answered at the same time; more wait, and are refused when that takes too long. */
    public static final int READERS_MAX = 4;

    private static final Duration WAIT_MAX = Duration.ofSeconds(5);

    private final KafkaClients clients;
    private final Semaphore readers = new Semaphore(READERS_MAX, true);
    private final Queue<Consumer<byte[], byte[]>> idle = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    public LogReaders(KafkaClients clients) {
        this.clients = clients;
    }

    /**
     * Runs {@code question} with a read-committed consumer, whose assignment and position are its
     * own business.
     *
     * @throws dev.turnpike.runtime.problem.ProblemException {@code unavailable} if all are busy for
     *     too long or the cluster does not answer
     */
    <T> T ask(Function<Consumer<byte[], byte[]>, T> question) {
        try {
            if (!readers.tryAcquire(WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                throw unavailable("The log is being read by too many others").asException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("The service is stopping").asException(e);
        }
        try {
            return asked(question);
        } finally {
            readers.release();
        }
    }

    private <T> T asked(Function<Consumer<byte[], byte[]>, T> question) {
        var kept = idle.poll();
        var consumer = kept == null ? clients.lookupConsumer("control-log") : kept;
        boolean usable = false;
        try {
            var answer = question.apply(consumer);
            usable = !closed;
            return answer;
        } catch (KafkaException e) {
            throw unavailable("The log does not answer in time").asException(e);
        } finally {
            if (usable) {
                idle.add(consumer);
            } else {
                consumer.close();
            }
        }
    }

    private static Problem unavailable(String why) {
        return Problem.of(ErrorCode.UNAVAILABLE, why);
    }

    /** Closes what is idle; what is lent is closed when it comes back. */
    @Override
    public void close() {
        closed = true;
        for (var consumer = idle.poll(); consumer != null; consumer = idle.poll()) {
            consumer.close();
        }
    }
}
