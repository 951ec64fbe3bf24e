package dev.turnpike.webhook.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchingTest {
    private static final Instant NOW = Samples.START;
    private static final Duration WAIT = Duration.ofMillis(200);

    private final Batching batching = new Batching(WAIT);
    private long sequence;

    private Batching.Event event(long webhook, int bytes, Instant at) {
        sequence++;
        return new Batching.Event(
                Samples.webhookId(webhook), sequence, "e" + sequence, null, new byte[bytes], at);
    }

    @Test
    void aBatchIsClosedWhenItIsFull() {
        var closed = new ArrayList<Batching.Batch>();
        for (int i = 0; i < 250; i++) {
            closed.addAll(batching.add(event(1, 10, NOW)));
        }
        assertThat(closed).hasSize(2).allMatch(batch -> batch.events().size() == 100);
        assertThat(batching.due(NOW.plus(WAIT)).getFirst().events()).hasSize(50);
    }

    @Test
    void aBatchIsClosedWhenItsFirstEventHasWaitedLongEnough() {
        batching.add(event(1, 10, NOW));
        batching.add(event(1, 10, NOW.plusMillis(150)));
        batching.add(event(2, 10, NOW.plusMillis(150)));
        assertThat(batching.due(NOW.plusMillis(199))).isEmpty();
        assertThat(batching.due(NOW.plusMillis(200)))
                .singleElement()
                .matches(batch -> batch.events().size() == 2);
        assertThat(batching.due(NOW.plusMillis(350))).hasSize(1);
        assertThat(batching.due(NOW.plusSeconds(9))).isEmpty();
    }

    @Test
    void aBatchIsClosedBeforeItGrowsTooLarge() {
        batching.add(event(1, Batching.EVENT_BYTES_MAX - 5, NOW));
        var closed = batching.add(event(1, 10, NOW));
        assertThat(closed).singleElement().matches(batch -> batch.events().size() == 1);
        assertThat(batching.due(NOW.plus(WAIT))).hasSize(1);
    }

    @Test
    void anEntryThatWaitsIsKnown() {
        var event = event(1, 10, NOW);
        batching.add(event);
        assertThat(batching.waiting(event.webhookId(), event.entryId())).isTrue();
        assertThat(batching.waiting(Samples.webhookId(2), event.entryId())).isFalse();
        assertThat(List.of(batching.due(NOW.plus(WAIT)))).hasSize(1);
        assertThat(batching.waiting(event.webhookId(), event.entryId())).isFalse();
    }
}
