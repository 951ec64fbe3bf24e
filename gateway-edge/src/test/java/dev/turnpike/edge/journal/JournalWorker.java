package dev.turnpike.edge.journal;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.usage.RequestRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Works on a journal with several threads until it is killed, and says on standard output what it
 * was promised: {@code S n} started, {@code C n} called, {@code T n} ended. With an odd seed Kafka
 * acknowledges, no further than position n of the last {@code A n}; with an even one its
 * acknowledgements never come. Arguments: directory, seed, first number.
 */
final class JournalWorker {
    private static final int REQUESTS_MAX = 200_000;
    private static final int THREADS = 4;
    private static final int RUNNING = 2;

    /** So few that requests get rows when what was acknowledged is saved. */
    private static final int READ_MAX = 20;

    /** What is to be done every second is done ten times as often. */
    private static final int CLOCK_RATE = 10;

    private static final int SENT_MAX = 500;
    private static final Duration ROUND = Duration.ofMillis(5);

    /** In twice the time after which what was acknowledged is saved. */
    static final int ROUNDS_UNTIL_SAVED =
            (int) (2 * Acknowledged.SAVE_EVERY.toMillis() / CLOCK_RATE / ROUND.toMillis());

    private JournalWorker() {}

    public static void main(String[] args) throws InterruptedException {
        long seed = Long.parseLong(args[1]);
        var next = new AtomicInteger(Integer.parseInt(args[2]));
        int end = next.get() + REQUESTS_MAX;
        try (var journal = open(Path.of(args[0]))) {
            System.out.println("open");
            if (seed % 2 == 1) {
                Thread.ofPlatform().daemon().start(() -> acknowledge(journal));
            }
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < THREADS; i++) {
                var random = new Random(seed * THREADS + i);
                threads.add(Thread.startVirtualThread(() -> work(journal, random, next, end)));
            }
            for (var thread : threads) {
                thread.join();
            }
        }
    }

    private static Journal open(Path directory) {
        var settings = JournalSettings.in(directory);
        var lock = DirectoryLock.take(directory);
        return Journal.open(
                new RocksStore(directory.resolve("db"), settings.sync()),
                lock::close,
                settings,
                RecordCodec.of(Subject.REQUESTS, RequestRecord.class),
                clock(),
                () -> "e",
                READ_MAX);
    }

    private static InstantSource clock() {
        var system = InstantSource.system();
        var begun = system.instant();
        return () -> begun.plus(Duration.between(begun, system.instant()).multipliedBy(CLOCK_RATE));
    }

    /** As the shipper does, with a Kafka that answers at once. */
    private static void acknowledge(Journal journal) {
        while (true) {
            long position = journal.acknowledgedPosition();
            long bytes = 0;
            for (var record : journal.read(position + 1, SENT_MAX, Long.MAX_VALUE)) {
                position = record.position();
                bytes += record.value().length;
            }
            System.out.println("A " + position);
            journal.acknowledge(position, bytes, journal.acknowledgedOffsets());
            journal.upkeep();
            LockSupport.parkNanos(ROUND.toNanos());
        }
    }

    private static void work(Journal journal, Random random, AtomicInteger next, int end) {
        List<Integer> running = new ArrayList<>();
        while (next.get() < end) {
            if (running.size() < RUNNING) {
                int n = next.getAndIncrement();
                if (random.nextBoolean()) {
                    journal.started(Facts.started(n), Provider.DEMO, "m");
                    System.out.println("S " + n + "\nC " + n);
                } else {
                    journal.started(Facts.started(n));
                    System.out.println("S " + n);
                }
                running.add(n);
            }
            int n = running.get(random.nextInt(running.size()));
            if (random.nextBoolean()) {
                journal.called(Facts.id(n), Provider.DEMO, "m");
                System.out.println("C " + n);
                journal.progress(Facts.id(n), 300);
            } else {
                journal.terminal(Facts.settled(n));
                System.out.println("T " + n);
                running.remove(Integer.valueOf(n));
            }
        }
    }
}
