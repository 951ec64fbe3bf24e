/**
 * The aggregator on Kafka Streams: one processor per partition of {@code turnpike.requests}, its
 * stores, and what it writes, all in one transaction.
 *
 * <p>Rules of counting do not enter: they are in {@code domain}. Only this package knows stores,
 * offsets and bytes.
 */
@NullMarked
package dev.turnpike.usage.topology;

import org.jspecify.annotations.NullMarked;
