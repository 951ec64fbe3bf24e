/**
 * How usage is counted: what is a duplicate, what a request costs, and what it does to totals.
 *
 * <p>Pure: no I/O, no clock, no randomness, no logging. State is reached through {@link
 * dev.turnpike.usage.domain.PartitionState}; Kafka does not enter.
 */
@NullMarked
package dev.turnpike.usage.domain;

import org.jspecify.annotations.NullMarked;
