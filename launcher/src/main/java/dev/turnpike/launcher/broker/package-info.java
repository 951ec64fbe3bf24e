/**
 * The embedded Kafka broker of the all-in-one form: a real KRaft node in this JVM on a persistent
 * directory. Only code that starts, configures or stops that broker lives here.
 *
 * <p>Kafka's server classes may be imported here and nowhere else. Topics, clients and anything
 * that knows what Turnpike writes to the log must not enter: the rest of the product sees a
 * bootstrap address and cannot tell an embedded broker from a cluster.
 */
@NullMarked
package dev.turnpike.launcher.broker;

import org.jspecify.annotations.NullMarked;
