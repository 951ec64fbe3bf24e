/**
 * The processes that are measured or needed for it: nginx, the edge, the broker and the upstreams,
 * each on its own, in a directory that goes away afterwards. What is measured is not decided here.
 */
@NullMarked
package dev.turnpike.bench.rig;

import org.jspecify.annotations.NullMarked;
