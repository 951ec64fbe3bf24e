/**
 * The edge's memory of what happened to each request until Kafka has it: a local, durable, ordered
 * journal, its recovery after a crash, and the shipper that sends it.
 *
 * <p>Facts come in complete and leave unchanged. Limits, prices and HTTP do not enter.
 */
@NullMarked
package dev.turnpike.edge.journal;

import org.jspecify.annotations.NullMarked;
