/**
 * Kafka as this product uses it: clients with every bound set, the topics checked against the one
 * table, Avro serdes, and the running of a Streams application with wiping and dead letters.
 *
 * <p>What a topic means and which service writes it is in the schemas module; no topology of a
 * service enters here.
 */
@NullMarked
package dev.turnpike.runtime.kafka;

import org.jspecify.annotations.NullMarked;
