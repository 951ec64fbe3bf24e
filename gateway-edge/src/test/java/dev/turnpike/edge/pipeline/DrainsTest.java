package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DrainsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Drains drains = new Drains(nanos::get);

    @Test
    void anAnswerWithoutAClientGoesOnForABoundedTimeFromTheFirstQuestion() {
        nanos.set(Drains.TIME_MAX.toNanos()); // A long life with its client does not count.
        try (var leave = drains.leave(true)) {
            assertThat(leave.goesOn()).isTrue();
            nanos.addAndGet(Drains.TIME_MAX.toNanos() - 1);
            assertThat(leave.goesOn()).isTrue();
            nanos.addAndGet(1);
            assertThat(leave.goesOn()).isFalse();
        }
    }

    @Test
    void onlySoManyGoOnAtATimeAndAnEndedOneMakesRoom() {
        var running = new ArrayList<Drains.Leave>();
        for (int i = 0; i < Drains.RUNNING_MAX; i++) {
            running.add(drains.leave(true));
            assertThat(running.getLast().goesOn()).isTrue();
        }
        try (var another = drains.leave(true)) {
            assertThat(another.goesOn()).isFalse();
            running.getFirst().close();
            assertThat(another.goesOn()).isFalse(); // What was refused is cancelled by now.
        }
        try (var another = drains.leave(true)) {
            assertThat(another.goesOn()).isTrue();
        }
    }

    @Test
    void aRequestWhoseClientStaysTakesNoRoom() {
        for (int i = 0; i <= Drains.RUNNING_MAX; i++) {
            drains.leave(true).close();
        }
        try (var leave = drains.leave(true)) {
            assertThat(leave.goesOn()).isTrue();
        }
    }
}
