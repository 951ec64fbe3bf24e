package dev.turnpike.webhook.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.webhook.domain.Delivery;
import dev.turnpike.webhook.domain.Health;
import dev.turnpike.webhook.domain.Health.Disabled;
import dev.turnpike.webhook.domain.Health.Failing;
import dev.turnpike.webhook.domain.Health.Working;
import dev.turnpike.webhook.domain.Progress;
import dev.turnpike.webhook.domain.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamsOutboxStoreTest {
    private static final Delivery DELIVERY =
            Samples.delivery(Samples.webhookId(1), 1, Samples.START);

    @Test
    void everyFormIsReadAsItWasWritten() {
        var later = Samples.START.plusMillis(5);
        for (Health health :
                List.of(
                        new Working(4, null),
                        new Working(1, later),
                        new Failing(Samples.START, 3, later, later, null),
                        new Disabled(9))) {
            assertThat(Forms.health(Forms.health(health))).isEqualTo(health);
        }
        var progress = Progress.of(DELIVERY, later);
        assertThat(Forms.progress(Forms.progress(progress))).isEqualTo(progress);
        assertThat(Forms.delivery(Forms.delivery(DELIVERY)))
                .usingRecursiveComparison()
                .isEqualTo(DELIVERY);
    }

    @Test
    void keysOfOneWebhookStandTogetherInTheOrderOfDueTimes() {
        var early = OutboxKeys.due(Samples.webhookId(1), Samples.START, DELIVERY.id());
        var late = OutboxKeys.due(Samples.webhookId(1), Samples.START.plusMillis(1), DELIVERY.id());
        var other = OutboxKeys.due(Samples.webhookId(2), Samples.START, DELIVERY.id());
        var all = OutboxKeys.allDue(Samples.webhookId(1));
        assertThat(all).isLessThan(early);
        assertThat(early).isLessThan(late);
        assertThat(late).isLessThan(OutboxKeys.end(all));
        assertThat(OutboxKeys.end(all)).isLessThan(other);
        assertThat(OutboxKeys.behind(early)).isGreaterThan(early).isLessThan(late);
        assertThat(OutboxKeys.deliveryOfDue(Samples.webhookId(1), late)).isEqualTo(DELIVERY.id());
        assertThat(OutboxKeys.webhookOfHealth(OutboxKeys.health(Samples.webhookId(1))))
                .isEqualTo(Samples.webhookId(1));
    }
}
