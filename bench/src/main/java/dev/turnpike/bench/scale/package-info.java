/**
 * What a million keys cost: starts of the edge, its latency and heap, and changes per second. The
 * processes are started by {@code rig}, the load is made by {@code load}.
 */
@NullMarked
package dev.turnpike.bench.scale;

import org.jspecify.annotations.NullMarked;
