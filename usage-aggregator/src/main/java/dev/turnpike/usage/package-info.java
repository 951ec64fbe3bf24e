/**
 * The usage aggregator: reads what edges did, and adds it up into the ledger and the totals,
 * exactly once.
 *
 * <p>This package holds the service that wires the parts, its settings and its meters. Rules of
 * counting belong to {@code domain}, Kafka Streams to {@code topology}.
 */
@NullMarked
package dev.turnpike.usage;

import org.jspecify.annotations.NullMarked;
