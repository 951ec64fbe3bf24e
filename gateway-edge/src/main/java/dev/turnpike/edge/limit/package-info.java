/**
 * Decides whether a request may run under the limits of its group, and keeps the counters behind
 * that decision: what this edge admitted itself, and what other edges did as far as it has heard.
 *
 * <p>Time and limits come in with every call; HTTP, the journal and the choice of a status do not
 * enter. Only {@code TotalsFollower} knows Kafka.
 */
@NullMarked
package dev.turnpike.edge.limit;

import org.jspecify.annotations.NullMarked;
