package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.ReplayId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.topic.Topics;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An order to send events to a webhook again. It is also the value of {@code
 * turnpike.webhooks.replays}, from where it is carried out once; the record here only says that it
 * was given.
 *
 * @param scheduled events that will be sent, as counted when it was given
 * @param exact whether all of them were counted
 */
public record WebhookReplay(
        ReplayId id,
        WebhookId webhookId,
        Scope scope,
        long scheduled,
        boolean exact,
        Instant createdAt)
        implements Resource {
    /** Which events. */
    public sealed interface Scope {}

    /**
     * The events of requests of a stretch of time that the webhook's own filter lets through.
     *
     * @param from their earliest {@code timestamp}
     * @param to before this one
     * @param groupId only of this group and its descendants, null all
     * @param rootGroupId root of that group's tree, null exactly when there is none
     * @param externalEntityId only of the group of this name, null all
     */
    public record TimeRange(
            Instant from,
            Instant to,
            @Nullable GroupId groupId,
            @Nullable GroupId rootGroupId,
            @Nullable String externalEntityId)
            implements Scope {
        /** Partitions of the ledger to look in: a tree's entries are all in that of its root. */
        public List<Integer> partitions() {
            return rootGroupId == null
                    ? IntStream.range(0, Topics.LEDGER.partitions()).boxed().toList()
                    : List.of(Topics.partition(Topics.LEDGER, rootGroupId.value()));
        }
    }

    /**
     * One delivery, under its id and with its body.
     *
     * @param madeAt when it was made
     * @param positions where its entries stand in the ledger, in order
     */
    public record OneDelivery(DeliveryId deliveryId, Instant madeAt, List<LedgerPosition> positions)
            implements Scope {
        public OneDelivery {
            positions = List.copyOf(positions);
        }
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.WEBHOOK_REPLAY;
    }

    @Override
    public String resourceId() {
        return id.value();
    }
}
