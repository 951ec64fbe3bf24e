/**
 * The client of an external schema registry (Confluent's REST API). Used only when a registry is
 * configured: otherwise the ids compiled into the schemas module are used without any network.
 */
@NullMarked
package dev.turnpike.runtime.registry;

import org.jspecify.annotations.NullMarked;
