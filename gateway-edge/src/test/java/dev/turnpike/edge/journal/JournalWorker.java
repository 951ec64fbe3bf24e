package dev.turnpike.edge.journal;

import dev.turnpike.schemas.control.Provider;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Works on a journal with several threads until it is killed, and says on standard output what it
 * was promised: {@code S n} started, {@code C n} called, {@code T n} ended. Arguments: directory,
 * seed, first number.
 */
final class JournalWorker {
    private static final int REQUESTS_MAX = 200_000;
    private static final int THREADS = 4;
    private static final int RUNNING = 2;

    private JournalWorker() {}

    public static void main(String[] args) throws InterruptedException {
        var next = new AtomicInteger(Integer.parseInt(args[2]));
        int end = next.get() + REQUESTS_MAX;
        try (var journal =
                Journal.open(
                        JournalSettings.in(Path.of(args[0])), InstantSource.system(), () -> "e")) {
            System.out.println("open");
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < THREADS; i++) {
                var random = new Random(Long.parseLong(args[1]) * THREADS + i);
                threads.add(Thread.startVirtualThread(() -> work(journal, random, next, end)));
            }
            for (var thread : threads) {
                thread.join();
            }
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
