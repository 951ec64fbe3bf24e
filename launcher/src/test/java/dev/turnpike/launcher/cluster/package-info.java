/**
 * The runtime's Kafka parts on a real broker: clients, topics, Streams applications and the control
 * view. What a service does on top of them is tested with that service.
 */
@NullMarked
package dev.turnpike.launcher.cluster;

import org.jspecify.annotations.NullMarked;
