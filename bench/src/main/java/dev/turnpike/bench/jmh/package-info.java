/**
 * What single steps of the edge's request path cost, by JMH. A benchmark here uses only what a
 * module shows to others.
 */
@NullMarked
package dev.turnpike.bench.jmh;

import org.jspecify.annotations.NullMarked;
