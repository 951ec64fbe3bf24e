/**
 * The command {@code ./turnpike bench}: how fast the gateway is beside nginx, and what its parts
 * cost. Options are read here and nothing is measured here. Nothing else depends on this module.
 */
@NullMarked
package dev.turnpike.bench;

import org.jspecify.annotations.NullMarked;
