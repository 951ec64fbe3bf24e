package dev.turnpike.edge.journal;

import dev.turnpike.schemas.control.Provider;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Works on a journal until it is killed, and says on standard output what it was promised: {@code S
 * n} started, {@code C n} called, {@code T n} ended. Arguments: directory, seed, first number.
 */
final class JournalWorker {
    private static final int REQUESTS_MAX = 200_000;

    private JournalWorker() {}

    public static void main(String[] args) {
        var random = new Random(Long.parseLong(args[1]));
        int next = Integer.parseInt(args[2]);
        int end = next + REQUESTS_MAX;
        List<Integer> running = new ArrayList<>();
        try (var journal =
                Journal.open(
                        JournalSettings.in(Path.of(args[0])), InstantSource.system(), () -> "e")) {
            System.out.println("open");
            while (next < end) {
                if (running.size() < 8) {
                    int n = next++;
                    journal.started(Facts.started(n));
                    System.out.println("S " + n);
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
}
