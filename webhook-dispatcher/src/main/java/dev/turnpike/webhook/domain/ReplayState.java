package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.control.WebhookReplay;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.topic.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How far an order has been carried out.
 *
 * @param left what of the ledger is still to be read; empty before that is known
 * @param open deliveries that were made for it and are not done
 */
public record ReplayState(WebhookReplay order, Optional<List<Span>> left, Set<DeliveryId> open) {
    public ReplayState {
        left = left.map(List::copyOf);
        open = Set.copyOf(open);
    }

    /** Before anything is done. */
    public static ReplayState of(WebhookReplay order) {
        return new ReplayState(order, Optional.empty(), Set.of());
    }

    ReplayState located(List<Span> spans) {
        return new ReplayState(order, Optional.of(spans), open);
    }

    /** After the first span was read up to {@code rest}, which made these deliveries. */
    ReplayState read(Span rest, List<Delivery> made) {
        var spans = new ArrayList<>(left.orElseThrow());
        spans.removeFirst();
        if (!rest.isEmpty()) {
            spans.addFirst(rest);
        }
        var all = new HashSet<>(open);
        made.forEach(delivery -> all.add(delivery.id()));
        return new ReplayState(order, Optional.of(spans), all);
    }

    ReplayState done(DeliveryId delivery) {
        var rest = new HashSet<>(open);
        rest.remove(delivery);
        return new ReplayState(order, left, rest);
    }
}
