/**
 * What was used: how much of each limit, and when each key was last. A local copy of what the
 * aggregator publishes, and what it says about one group or key. Kafka Streams enters; HTTP does
 * not, and nothing is written back.
 */
@NullMarked
package dev.turnpike.control.usage;

import org.jspecify.annotations.NullMarked;
