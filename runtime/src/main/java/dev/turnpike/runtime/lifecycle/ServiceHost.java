package dev.turnpike.runtime.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts services in order, stops them in reverse order, and stops them all when one fails. One
 * thread calls {@link #start} and {@link #awaitStop}; {@link #requestStop} may be called by any.
 */
public final class ServiceHost implements AutoCloseable {
    /** Services one host may run. */
    public static final int SERVICES_MAX = 64;

    private static final Logger LOGGER = LoggerFactory.getLogger(ServiceHost.class);

    private final List<Service> services;
    private final List<Service> started = new ArrayList<>();
    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private boolean closed;

    /**
     * @param services in the order in which they start
     */
    public ServiceHost(List<Service> services) {
        if (services.size() > SERVICES_MAX) {
            throw new IllegalArgumentException("more than " + SERVICES_MAX + " services");
        }
        this.services = List.copyOf(services);
    }

    /**
     * Starts every service. If one cannot start, those before it are closed again.
     *
     * @throws RuntimeException what the failing service threw
     */
    public void start() {
        for (var service : services) {
            boolean up = false;
            started.add(service);
            try {
                service.start(this::fail);
                up = true;
            } finally {
                if (!up) {
                    close();
                }
            }
            LOGGER.atInfo().addKeyValue("service", service.name()).log("service started");
        }
    }

    /** The readiness checks of all services, names prefixed with the service's. */
    public List<Check> ready() {
        var checks = new ArrayList<Check>();
        for (var service : services) {
            for (var check : service.ready()) {
                checks.add(new Check(service.name() + "." + check.name(), check.probe()));
            }
        }
        return checks;
    }

    /** Makes {@link #awaitStop} return. */
    public void requestStop() {
        stopRequested.countDown();
    }

    /**
     * Waits until somebody requests a stop, a service fails or the process is told to terminate.
     *
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public void awaitStop() throws InterruptedException {
        stopRequested.await();
    }

    /** Why the host is stopping, if a service failed. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /**
     * Makes SIGTERM and SIGINT stop the host: the signal requests the stop and holds the process
     * until {@link #close} is done or {@code drainTime} has passed.
     */
    public void stopOnSignal(Duration drainTime) {
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .name("stop-on-signal")
                                .unstarted(() -> stopAndWait(drainTime)));
    }

    private void stopAndWait(Duration drainTime) {
        requestStop();
        try {
            if (!stopped.await(drainTime.toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.atWarn()
                        .addKeyValue("drainMillis", drainTime.toMillis())
                        .log("drain time is over, work was cut off");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Closes what was started, last first. A service that fails to close does not stop the rest.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        requestStop();
        for (var service : started.reversed()) {
            closeOne(service);
        }
        stopped.countDown();
    }

    private static void closeOne(Service service) {
        try {
            service.close();
            LOGGER.atInfo().addKeyValue("service", service.name()).log("service stopped");
        } catch (RuntimeException e) {
            // The root of the stop: the others still have work to put away.
            LOGGER.atError()
                    .setCause(e)
                    .addKeyValue("service", service.name())
                    .log("service failed to stop");
        }
    }

    private void fail(String part, Throwable cause) {
        if (failure.compareAndSet(null, cause)) {
            LOGGER.atError()
                    .setCause(cause)
                    .addKeyValue("part", part)
                    .log("a part failed, stopping");
        }
        requestStop();
    }
}
