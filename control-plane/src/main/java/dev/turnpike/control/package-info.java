/**
 * Decides what exists: the management API, the single writer of the control log, and the registry
 * of schemas. Only {@code ControlService} wires; data flows {@code http -> log -> domain}.
 */
@NullMarked
package dev.turnpike.control;

import org.jspecify.annotations.NullMarked;
