/**
 * How much of each limit is used: a local copy of the totals that the aggregator publishes, and
 * what it says about one group. Kafka Streams enters; HTTP does not, and nothing is written back.
 */
@NullMarked
package dev.turnpike.control.usage;

import org.jspecify.annotations.NullMarked;
