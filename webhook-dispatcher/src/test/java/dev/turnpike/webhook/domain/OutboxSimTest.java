package dev.turnpike.webhook.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.webhook.DeliveryAttempt.Result;
import dev.turnpike.webhook.domain.AttemptResult.Accepted;
import dev.turnpike.webhook.domain.AttemptResult.Gone;
import dev.turnpike.webhook.domain.AttemptResult.Rejected;
import dev.turnpike.webhook.domain.AttemptResult.Unreachable;
import dev.turnpike.webhook.domain.Simulation.Answer;
import dev.turnpike.webhook.domain.Simulation.Receiver;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxSimTest {
    private static final Duration FAST = Duration.ofMillis(5);
    private static final Answer OK = new Answer(new Accepted(200), FAST);
    private static final Answer DOWN = new Answer(new Unreachable("connection refused"), FAST);

    private static Receiver downBetween(Instant from, Instant to) {
        return (at, _) -> at.isBefore(from) || !at.isBefore(to) ? OK : DOWN;
    }

    /** Every way to answer, up or down by the hour. */
    private static Receiver moody(long phase) {
        return (at, random) -> {
            boolean down = (at.getEpochSecond() / 3_600 + phase) % 3 == 0;
            if (!down) {
                return random.nextInt(20) == 0
                        ? new Answer(new Rejected(400, Optional.empty()), FAST)
                        : new Answer(new Accepted(204), Duration.ofMillis(random.nextInt(200)));
            }
            return switch (random.nextInt(4)) {
                case 0 -> new Answer(new Unreachable("no answer"), Duration.ofSeconds(15));
                case 1 -> new Answer(new Rejected(503, Optional.of(Duration.ofMinutes(9))), FAST);
                case 2 -> new Answer(new Rejected(302, Optional.empty()), FAST);
                default -> DOWN;
            };
        };
    }

    @Test
    void everyEntryArrivesOnceAcceptedUnderOneIdWhateverIsKilledAndEveryTransitionIsTaken() {
        var results = EnumSet.noneOf(Result.class);
        Set<String> transitions = new HashSet<>();
        for (long seed = 1; seed <= 20; seed++) {
            var simulation = hostile(seed);
            results.addAll(simulation.results.keySet());
            transitions.addAll(simulation.transitions);
            assertThat(simulation.missing()).as("seed %d", seed).isEmpty();
            assertThat(simulation.results).as("seed %d", seed).doesNotContainKey(Result.EXHAUSTED);
        }
        assertThat(results).contains(Result.DELIVERED, Result.WILL_RETRY, Result.GONE);
        assertThat(transitions)
                .contains(
                        "Working>Working",
                        "Working>Failing",
                        "Failing>Failing",
                        "Failing>Working",
                        "Working>Disabled",
                        "Failing>Disabled",
                        "Disabled>Disabled");
    }

    private static Simulation hostile(long seed) {
        var random = new Random(seed);
        var simulation = new Simulation(random);
        for (int i = 1; i <= 4; i++) {
            var webhook = Samples.webhook(i, "https://receiver.example/" + i);
            simulation.directory.put(webhook);
            simulation.receivers.put(webhook.id(), moody(i));
        }
        goneForAWhile(simulation, random);
        for (int hour = 0; hour < 8; hour++) {
            for (int i = 0; i < 24; i++) {
                simulation.write("e" + (hour * 24 + (random.nextInt(5) == 0 ? 0 : i)));
                var until = simulation.now.plusSeconds(1 + random.nextInt(i % 3 == 0 ? 600 : 3));
                simulation.run(until, Duration.ofSeconds(1 + random.nextInt(20)), 0.01);
            }
        }
        // The operator repairs the receivers and touches the webhook that said 410.
        var last = Samples.webhook(4, "https://receiver.example/4", true, 2, new byte[] {1});
        simulation.directory.put(last);
        simulation.receivers.replaceAll((_, _) -> (_, _) -> OK);
        simulation.run(simulation.now.plus(Duration.ofMinutes(10)), Duration.ofSeconds(1), 0.001);
        // What failed alone, without an outage, comes by its own schedule.
        simulation.run(simulation.now.plus(Duration.ofDays(4)), Duration.ofMinutes(5), 0.001);
        return simulation;
    }

    private static void goneForAWhile(Simulation simulation, Random random) {
        var from = Samples.START.plusSeconds(3_600L * (1 + random.nextInt(4)));
        Receiver before = random.nextBoolean() ? moody(4) : (_, _) -> OK;
        simulation.receivers.put(
                Samples.webhookId(4),
                (at, rng) ->
                        at.isAfter(from)
                                ? new Answer(new Gone(), Duration.ofMillis(rng.nextInt(15_000)))
                                : before.answer(at, rng));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anOutageOfThreeDaysLosesNothingAndIsOverWithinAMinuteOfItsEnd(long seed) {
        // Given
        var simulation = new Simulation(new Random(seed));
        var webhook = Samples.webhook(1, "https://receiver.example/");
        simulation.directory.put(webhook);
        var back = Samples.START.plus(Duration.ofDays(3));
        simulation.receivers.put(webhook.id(), downBetween(Samples.START, back));
        // When
        for (int i = 0; i < 72; i++) {
            simulation.write("e" + i);
            simulation.run(simulation.now.plus(Duration.ofHours(1)), Duration.ofSeconds(15), 0.001);
        }
        simulation.run(back.plus(Duration.ofMinutes(1)), Duration.ofSeconds(1), 0.001);
        // Then
        assertThat(simulation.missing()).as("seed %d", seed).isEmpty();
        assertThat(simulation.idle()).isTrue();
        assertThat(simulation.requests(webhook.id()))
                .as("a dead receiver is asked seldom")
                .isLessThan(72 * (120 + RetrySchedule.DELAYS.size()) + 120);
    }

    @Test
    void afterAnOutageOfAnHourTheFirstSuccessComesWithinAMinute() {
        // Given
        var simulation = new Simulation(new Random(1));
        var webhook = Samples.webhook(1, "https://receiver.example/");
        simulation.directory.put(webhook);
        var back = Samples.START.plus(Duration.ofMinutes(59));
        simulation.receivers.put(webhook.id(), downBetween(Samples.START, back));
        for (int i = 0; i < 40; i++) {
            simulation.write("e" + i);
            simulation.run(simulation.now.plusSeconds(1), Duration.ofMillis(100), 0);
        }
        // When
        simulation.run(back.plusSeconds(60), Duration.ofMillis(500), 0);
        // Then
        assertThat(simulation.missing()).isEmpty();
    }

    @Test
    void aReceiverThatNeverAcceptsIsGivenUpOnlyAfterTheWholeSchedule() {
        // Given
        var simulation = new Simulation(new Random(7));
        var webhook = Samples.webhook(1, "https://receiver.example/");
        simulation.directory.put(webhook);
        simulation.receivers.put(webhook.id(), (_, _) -> DOWN);
        simulation.write("e");
        // When
        simulation.run(Samples.START.plus(RetrySchedule.SPAN), Duration.ofSeconds(20), 0);
        assertThat(simulation.results).doesNotContainKey(Result.EXHAUSTED);
        simulation.run(simulation.now.plus(Duration.ofHours(20)), Duration.ofSeconds(20), 0);
        // Then
        assertThat(simulation.results).containsEntry(Result.EXHAUSTED, 1);
        assertThat(simulation.idle()).isTrue();
    }

    @Test
    void oneTarpitAmongFiftyWebhooksDelaysNobodyElse() {
        // Given
        var simulation = new Simulation(new Random(3));
        for (int i = 1; i <= 50; i++) {
            var webhook = Samples.webhook(i, "https://receiver.example/" + i);
            simulation.directory.put(webhook);
            simulation.receivers.put(webhook.id(), (_, _) -> OK);
        }
        simulation.receivers.put(
                Samples.webhookId(25),
                (_, _) -> new Answer(new Unreachable("no answer"), Duration.ofSeconds(15)));
        // When
        for (int i = 0; i < 60; i++) {
            simulation.write("e" + i);
            simulation.run(simulation.now.plusMillis(500), Duration.ofMillis(20), 0);
        }
        simulation.run(simulation.now.plusSeconds(1), Duration.ofMillis(20), 0);
        // Then
        for (int i = 1; i <= 50; i++) {
            if (i != 25) {
                assertThat(simulation.delays(Samples.webhookId(i)))
                        .as("webhook %d", i)
                        .allMatch(delay -> delay.compareTo(Duration.ofMillis(300)) < 0);
            }
        }
    }

    @Test
    void oneDeliveryThatIsAlwaysRefusedHoldsUpNoOther() {
        // Given
        var simulation = new Simulation(new Random(5));
        var webhook = Samples.webhook(1, "https://receiver.example/");
        simulation.directory.put(webhook);
        simulation.receivers.put(webhook.id(), (_, _) -> DOWN);
        simulation.write("poison");
        simulation.run(simulation.now.plusSeconds(1), Duration.ofMillis(20), 0);
        var poison = Objects.requireNonNull(simulation.deliveryOf.get(webhook.id() + "/poison"));
        simulation.receivers.put(webhook.id(), new Picky(simulation, poison.value()));
        // When
        for (int i = 0; i < 100; i++) {
            simulation.write("e" + i);
            simulation.run(simulation.now.plusSeconds(30), Duration.ofMillis(100), 0);
        }
        // Then
        assertThat(simulation.missing().keySet()).containsExactly(webhook.id() + "/poison");
    }

    /** Accepts all but the delivery that was made first: it is the one asked for again. */
    private record Picky(Simulation simulation, String poison) implements Receiver {
        @Override
        public Answer answer(Instant at, RandomGenerator random) {
            return poison.equals(simulation.current) ? DOWN : OK;
        }
    }
}
