/**
 * What is measured, in which order, and how it is printed. Every figure of the edge stands beside
 * one of nginx from the same run; processes are started by {@code rig}, load is made by {@code
 * load}.
 */
@NullMarked
package dev.turnpike.bench.speed;

import org.jspecify.annotations.NullMarked;
