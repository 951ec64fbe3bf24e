package dev.turnpike.control.log;

import dev.turnpike.control.domain.Bounds;
import dev.turnpike.control.domain.Decider;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaClients.Start;
import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.Threads;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ControlEvent;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.LogHead;
import dev.turnpike.schemas.control.WebhookReplay;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control log as one replica sees it. One thread follows the log and, while the group has named
 * this replica, owns it: it decides waiting commands, appends them in one transaction and publishes
 * the new image. The rest is safe for any number of threads.
 */
public final class ControlLog implements AutoCloseable {
    /** Commands that may wait; more are answered {@code server_is_overloaded}. */
    public static final int WAITING_MAX = 1_000;

    /** Commands that share one transaction. */
    public static final int BATCH_MAX = 100;

    /**
     * Facts with which a transaction takes no further command: what one command may bring on top of
     * them takes some seconds.
     */
    static final int BATCH_FACTS_MAX = 20_000;

    /** How long a sender waits for the commit. */
    public static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(12);

    private static final String TRANSACTIONAL_ID = "turnpike-control-owner";
    private static final Duration IDLE = Duration.ofMillis(50);
    private static final Duration JOIN_POLL = Duration.ofMillis(5);
    private static final Duration BACKOFF = Duration.ofMillis(300);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final Logger LOGGER = LoggerFactory.getLogger(ControlLog.class);

    private final KafkaClients clients;
    private final Replica replica;
    private final OwnerStart ownerStart;
    private final InstantSource clock;
    private final Supplier<String> ulids;
    private final RecordCodec<ControlEvent> events;
    private final RecordCodec<ControlState> states;
    private final RecordCodec<WebhookReplay> replays;
    private final Decider decider = new Decider(Bounds.DEFAULT);
    private final SnapshotBoard board = new SnapshotBoard();
    private final BlockingQueue<Pending> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private volatile boolean loaded;
    private volatile boolean owning;
    private volatile boolean following;
    private volatile boolean stopping;
    private @Nullable Thread thread;
    private @Nullable LogWriter writer;

    /**
     * Who this replica is.
     *
     * @param instanceId stable, unique among replicas
     * @param url where other replicas forward commands to; asked when ownership is taken
     */
    public record Replica(String instanceId, Supplier<String> url) {}

    /**
     * @param schemas ids of the schemas in use
     * @param ulids makes the ids of facts, increasing
     */
    public ControlLog(
            KafkaClients clients,
            SchemaIds schemas,
            Replica replica,
            OwnerStart ownerStart,
            InstantSource clock,
            Supplier<String> ulids) {
        this.clients = clients;
        this.replica = replica;
        this.ownerStart = ownerStart;
        this.clock = clock;
        this.ulids = ulids;
        this.events = RecordCodec.of(Subject.CONTROL_EVENTS, ControlEvent.class, schemas);
        this.states = RecordCodec.of(Subject.CONTROL_STATE, ControlState.class, schemas);
        this.replays = RecordCodec.of(Subject.WEBHOOK_REPLAYS, WebhookReplay.class, schemas);
    }

    /** Starts following. */
    public void start(FailureSink onFailure) {
        thread = Threads.platform("control-log", onFailure, this::run);
    }

    /** The newest committed image this replica has. */
    public Snapshot snapshot() {
        return board.current();
    }

    /** Whether the log has been read to its end once. */
    public boolean loaded() {
        return loaded;
    }

    /** Whether this replica owns the log now. */
    public boolean owning() {
        return owning;
    }

    /** Whether changes can be made through this replica: here, or by an owner it knows. */
    public boolean ready() {
        return owning || (following && ownerUrl().isPresent());
    }

    /** Where the owner listens, as far as this replica knows. */
    public Optional<String> ownerUrl() {
        return snapshot().image().head().map(LogHead::ownerUrl);
    }

    /**
     * Waits until {@link #snapshot} holds {@code position}.
     *
     * @return whether it does
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
        return board.await(position, timeout);
    }

    /** Hands a change to the owner's thread and waits for its commit. */
    public Answer submit(Submission submission) {
        return submit(new Pending(submission));
    }

    /** As {@link #submit(Submission)}, for changes that happen together or not at all. */
    public Answer submit(Together together) {
        return submit(new Pending(together));
    }

    private Answer submit(Pending pending) {
        if (!owning) {
            return new Answer.NotOwner();
        }
        if (!waiting.offer(pending)) {
            return new Answer.Refused(
                    Problem.of(ErrorCode.OVERLOADED, "Too many changes are waiting"));
        }
        return pending.await(ANSWER_TIMEOUT);
    }

    /** Gives up ownership, answers what waits, and stops following. */
    @Override
    public void close() {
        stopping = true;
        var running = thread;
        if (running == null) {
            return;
        }
        try {
            running.join(STOP_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (var reader =
                        new StateReader(clients.consumer("control-state", Start.EXPLICIT), states);
                var membership = Membership.join(clients, replica.instanceId())) {
            while (!stopping) {
                try {
                    step(reader, membership);
                } catch (LogLostException | RetriableException e) {
                    LOGGER.atWarn()
                            .setCause(e)
                            .log("the control log is out of reach, reading anew");
                    drop();
                    pause();
                }
            }
        } finally {
            drop();
        }
    }

    private void step(StateReader reader, Membership membership) {
        if (!loaded) {
            board.publish(reader.load());
            loaded = true;
        }
        boolean assigned = membership.poll(owning ? Duration.ZERO : JOIN_POLL);
        following = membership.joined() && !assigned;
        if (owning && !assigned) {
            LOGGER.atInfo().log("another replica owns the control log");
            drop();
        } else if (!owning && assigned) {
            takeOver(reader);
        } else if (owning) {
            serve();
        } else {
            board.publish(reader.poll(board.current(), IDLE));
        }
    }

    private void takeOver(StateReader reader) {
        var fresh =
                new LogWriter(
                        clients.transactionalProducer("control-owner", TRANSACTIONAL_ID),
                        events,
                        states,
                        replays);
        writer = fresh;
        fresh.open();
        var snapshot = reader.toEnd(board.current());
        var batch = new Batch(snapshot.image(), decider, ulids);
        for (var submission : ownerStart.submissions(snapshot.image())) {
            var answer = batch.add(submission, clock.instant());
            if (answer instanceof Answer.Refused(var problem)) {
                LOGGER.atError()
                        .addKeyValue("part", submission.actor().id())
                        .addKeyValue("problem", problem.message())
                        .log("a change at the start was refused");
            }
        }
        commit(fresh, batch);
        ownerStart.committed();
        owning = true;
        LOGGER.atInfo().addKeyValue("url", replica.url().get()).log("owns the control log");
    }

    private void serve() {
        var writing = writer;
        if (writing == null) {
            return;
        }
        var left = take();
        while (!left.isEmpty()) {
            left = left.subList(transact(left, writing), left.size());
        }
    }

    /** Has the first of those taken happen in one transaction, and returns how many these were. */
    private int transact(List<Pending> taken, LogWriter to) {
        var batch = new Batch(board.current().image(), decider, ulids);
        var answers = new LinkedHashMap<Pending, Answer>();
        boolean known = false;
        try {
            for (var pending : taken) {
                if (batch.facts() >= BATCH_FACTS_MAX) {
                    break;
                }
                answers.put(pending, pending.decide(batch, clock.instant()));
            }
            if (!batch.isEmpty()) {
                commit(to, batch);
            }
            known = true;
        } finally {
            // Parked until here: before the commit nobody may learn what was decided.
            answer(known ? List.copyOf(answers.keySet()) : taken, known ? answers : Map.of());
        }
        return answers.size();
    }

    private void answer(List<Pending> taken, Map<Pending, Answer> answers) {
        long position = board.current().position();
        for (var pending : taken) {
            pending.answer(answers.getOrDefault(pending, Pending.UNKNOWN).at(position));
        }
    }

    private void commit(LogWriter to, Batch batch) {
        var prepared = batch.prepare(replica.url().get(), clock.instant());
        board.publish(new Snapshot(prepared.image(), to.append(prepared)));
    }

    private List<Pending> take() {
        var taken = new ArrayList<Pending>();
        try {
            var first = waiting.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
            if (first != null) {
                taken.add(first);
                waiting.drainTo(taken, BATCH_MAX - 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
        return taken;
    }

    /** Forgets what is not on the board's last snapshot; the next step reads the log anew. */
    private void drop() {
        owning = false;
        loaded = false;
        var old = writer;
        writer = null;
        if (old != null) {
            old.close();
        }
        var left = new ArrayList<Pending>();
        waiting.drainTo(left);
        left.forEach(pending -> pending.answer(new Answer.NotOwner()));
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(BACKOFF.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }
}
